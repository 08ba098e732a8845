import type { Readable } from 'node:stream'
import { DataStore, Upload } from '@tus/server'
import { Refusal } from '#errors'
import { bodyFrom, bodyOf } from '#http'
import { isOpen, type Session, type Sessions } from '#sessions'
import { type Call, currentCall } from './call.ts'
import { newSession } from './create.ts'

/** In the order a client reads about them; only what works is named. */
const EXTENSIONS = [
  'creation',
  'creation-with-upload',
  'creation-defer-length',
  'expiration',
  'termination',
  'checksum',
  'checksum-trailer',
  'concatenation',
  'concatenation-unfinished',
]

/**
 * What the tus engine takes for its storage. The core decides; nothing is kept here. Bodies do not come through the
 * engine: `write` takes them from the request that the step belongs to.
 */
export class SessionStore extends DataStore {
  override extensions = EXTENSIONS
  readonly #sessions: Sessions
  /** ms */
  readonly #life: number

  constructor(sessions: Sessions, life: number) {
    super()
    this.#sessions = sessions
    this.#life = life
  }

  override async create(upload: Upload): Promise<Upload> {
    const call = currentCall()
    call.session = await this.#sessions.create(call.principal, newSession(call, this.#life))
    // An upload of no bytes is complete: no PATCH follows.
    if (call.asked.length === 0) await this.#append(call, 0, bodyFrom(Buffer.alloc(0)))
    return upload
  }

  /** A writer that has gone silent commits what it has first, so that the offset is the last word. */
  override async getUpload(id: string): Promise<Upload> {
    const call = currentCall()
    const session = await this.#sessions.current(call.principal, id)
    call.session = session
    if (call.exchange.req.method === 'PATCH') assertNotFinal(session)
    const size = lengthOf(session) ?? undefined
    return new Upload({ id, offset: session.offset, ...(size === undefined ? {} : { size }) })
  }

  /** @param nothing the engine's own stream, empty because the engine was not given the body */
  override async write(nothing: Readable, _id: string, offset: number): Promise<number> {
    nothing.resume()
    const call = currentCall()
    const session = await this.#append(call, offset, bodyOf(call.exchange.req))
    return session.offset
  }

  override async remove(id: string): Promise<void> {
    const { principal } = currentCall()
    await this.#sessions.current(principal, id)
    await this.#sessions.cancel(principal, id)
  }

  async #append(call: Call, offset: number, body: ReturnType<typeof bodyOf>): Promise<Session> {
    const { principal, id, asked } = call
    const { session } = await this.#sessions.append(principal, id, {
      offset,
      body,
      wait: WAIT,
      ...(asked.length === null ? {} : { size: asked.length }),
      ...(asked.digest === undefined ? {} : { digest: asked.digest }),
    })
    call.session = session
    return session
  }
}

/** How long a request waits for another writer: half a second until that one counts as silent, and its last commit, ms. */
const WAIT = 1500

/** Null while it is unknown, which uploads in numbered chunks may say with a 0. */
const lengthOf = (session: Session): number | null =>
  session.size === 0 && session.firstChunk !== null && isOpen(session) ? null : session.size

/** "The Server MUST respond with the 403 Forbidden status to PATCH requests against a final upload URL" (Concatenation) */
function assertNotFinal({ attributes }: Session): void {
  if (attributes.concat === undefined) return
  throw new Refusal(
    'FORBIDDEN',
    'a final upload is made of its partial uploads and takes no bytes of its own',
  )
}
