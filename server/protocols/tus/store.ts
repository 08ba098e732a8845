import type { Readable } from 'node:stream'
import { DataStore, Upload } from '@tus/server'
import { bodyFrom, bodyOf } from '#http'
import type { Session, Sessions } from '#sessions'
import { type Call, currentCall } from './call.ts'

/** In the order a client reads about them; only what works is named. */
const EXTENSIONS = [
  'creation',
  'creation-with-upload',
  'creation-defer-length',
  'expiration',
  'termination',
  'checksum',
  'checksum-trailer',
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
    const { principal, asked } = call
    const { raw, fileName, contentType, declared, location, target } = asked.metadata
    call.session = await this.#sessions.create(principal, {
      protocol: 'tus',
      id: upload.id,
      fileName,
      contentType,
      size: asked.length,
      declared,
      ...(location === undefined ? {} : { location }),
      target,
      partial: asked.concat?.kind === 'partial',
      attributes: raw === null ? {} : { metadata: raw },
      life: { ms: this.#life, sliding: true },
    })
    // "if the Upload-Length is zero, the upload is complete": no PATCH follows.
    if (asked.length === 0) await this.#append(call, 0, bodyFrom(Buffer.alloc(0)))
    return upload
  }

  /** A writer that has gone silent commits what it has first, so that the offset is the last word. */
  override async getUpload(id: string): Promise<Upload> {
    const call = currentCall()
    const session = await this.#sessions.current(call.principal, id)
    call.session = session
    const size = session.size ?? undefined
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
