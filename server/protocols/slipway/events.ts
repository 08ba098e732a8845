import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Principal } from '#accounts'
import { header } from '#http'
import type { Session } from '#sessions'
import { type API, caller } from './api.ts'
import { viewSession } from './session-view.ts'

/** A comment this often keeps proxies from closing a silent stream, ms. */
const PING = 15_000
/** What a client asks for after a break begins this much before what it last saw: progress may have been thinned, ms. */
const OVERLAP = 5000
/** Bytes that may wait for a slow client; beyond, it is cut off and comes back by `Last-Event-ID`. */
const WAITING = 4 * 1024 * 1024
const PAGE = 200

/**
 * Streams of server-sent events (WHATWG HTML, 9.2). The id of an event is a moment in milliseconds: whoever comes back
 * with it is told the present state of every session that changed since.
 */
export class EventStreams {
  readonly #api: API
  readonly #ping: number
  readonly #open = new Set<ServerResponse>()
  /** One change goes to many subscribers: it is put into words once. */
  readonly #words = new WeakMap<Session, Promise<string>>()

  constructor(api: API, ping = PING) {
    this.#api = api
    this.#ping = ping
  }

  /** Answers with a stream; resolves once it has begun. */
  async begin(principal: Principal, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const since = momentOf(header(req, 'last-event-id'))
    res.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    })
    this.#open.add(res)
    const queue = new Queue(res, (session) => this.#say(session))
    const stop = this.#api.sessions.watch(principal, (session) => queue.push(session))
    const pinging = setInterval(() => this.#keepUp(req, res), this.#ping).unref()
    res.once('close', () => {
      stop()
      clearInterval(pinging)
      this.#open.delete(res)
    })
    res.write(`retry: 2000\nid: ${Date.now()}\n\n`)
    if (since !== null) await this.#missed(principal, since - OVERLAP, queue)
    queue.start()
  }

  /** Ends every stream, so that the server can stop. */
  close(): void {
    for (const res of this.#open) res.end()
  }

  async #missed(principal: Principal, changedSince: number, queue: Queue): Promise<void> {
    let cursor: string | null = null
    do {
      const page = await this.#api.sessions.list(principal, {
        order: 'changed',
        limit: PAGE,
        changedSince: Math.max(0, changedSince),
        ...(cursor !== null && { cursor }),
      })
      for (const session of page.items) await queue.send(session)
      await queue.drained()
      cursor = page.nextCursor
    } while (cursor !== null && !queue.closed)
  }

  #say(session: Session): Promise<string> {
    const known = this.#words.get(session)
    if (known !== undefined) return known
    const words = viewSession(this.#api, session).then(
      (view) => `event: session\nid: ${session.updatedAt}\ndata: ${JSON.stringify(view)}\n\n`,
    )
    this.#words.set(session, words)
    return words
  }

  /** Whoever signed out, or lost the key, gets no more. */
  #keepUp(req: IncomingMessage, res: ServerResponse): void {
    caller(this.#api, req).then(
      () => res.writable && res.write(`: ping\nid: ${Date.now()}\n\n`),
      () => res.end(),
    )
  }
}

const momentOf = (id: string | undefined): number | null =>
  id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : null

/** Sends sessions one after another, in the order they came. */
class Queue {
  readonly #res: ServerResponse
  readonly #say: (session: Session) => Promise<string>
  #held: Session[] | null = []
  #last: Promise<void> = Promise.resolve()

  constructor(res: ServerResponse, say: (session: Session) => Promise<string>) {
    this.#res = res
    this.#say = say
  }

  /** What comes before `start` is held back until then. */
  push(session: Session): void {
    if (this.#held === null) this.#append(session)
    else this.#held.push(session)
  }

  start(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const session of held) this.#append(session)
  }

  async send(session: Session): Promise<void> {
    const words = await this.#say(session)
    if (this.#res.writable) this.#res.write(words)
  }

  get closed(): boolean {
    return !this.#res.writable
  }

  /** Resolves when the client has taken what was written, or is gone. */
  async drained(): Promise<void> {
    if (!this.#res.writableNeedDrain || this.closed) return
    await Promise.race([once(this.#res, 'drain'), once(this.#res, 'close')])
  }

  #append(session: Session): void {
    this.#last = this.#last
      .then(() => this.send(session))
      .then(
        () => this.#cutWhenSlow(),
        () => void this.#res.destroy(),
      )
  }

  #cutWhenSlow(): void {
    if (this.#res.writableLength > WAITING) this.#res.destroy()
  }
}
