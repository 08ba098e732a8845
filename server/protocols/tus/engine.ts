import { type Lock, Server } from '@tus/server'
import type { Answer } from '#http'
import { type Call, currentCall, during } from './call.ts'
import { plain, refusalOf } from './errors.ts'
import type { SessionStore } from './store.ts'

/** The core locks, for every protocol alike: the engine has nothing to wait for. */
const noLock: Lock = { lock: () => Promise.resolve(), unlock: () => Promise.resolve() }

export interface EngineOptions {
  readonly store: SessionStore
  /** bytes */
  readonly maxSize: number
  readonly locationOf: (call: Call) => string
}

/**
 * `@tus/server` as the engine of tus's requests and answers. It is handed a request without a body and with the headers
 * it acts on alone: those that were read and checked here (the length a PATCH declares, metadata, concatenation,
 * checksum) go to the core, which compares them under its lock.
 */
export class Engine {
  readonly #server: Server
  readonly #failures = new WeakMap<Call, unknown>()
  readonly #maxSize: number

  constructor({ store, maxSize, locationOf }: EngineOptions) {
    this.#maxSize = maxSize
    this.#server = new Server({
      path: '/files',
      datastore: store,
      maxSize,
      locker: { newLock: () => noLock },
      // The stock one runs a pattern over the whole URL, so that a query ends up in the id.
      getFileIdFromRequest: () => currentCall().id,
      namingFunction: () => currentCall().id,
      generateUrl: () => locationOf(currentCall()),
      onResponseError: (_request, error) => {
        this.#failures.set(currentCall(), error)
        return undefined
      },
    })
  }

  /** @throws whatever the core refused, or the engine in the core's words */
  async ask(call: Call, method: string): Promise<Answer> {
    const request = new Request(`http://slipway.invalid/files/${call.id}`, {
      method,
      headers: headersOf(call, method),
    })
    const response = await during(call, () => this.#server.handleWeb(request))
    const failure = this.#failures.get(call)
    if (failure !== undefined) {
      throw refusalOf(failure, call.session?.offset ?? 0, call.session?.size ?? this.#maxSize)
    }
    // An answer the engine gives before it steps into a handler: a header it is stricter about than we are.
    if (response.status >= 400) return plain(response.status, (await response.text()).trim())
    return answerOf(response)
  }

  /** What the engine says of itself in the answer to OPTIONS. */
  async capabilities(): Promise<Record<string, string>> {
    const request = new Request('http://slipway.invalid/files', { method: 'OPTIONS' })
    const { headers } = answerOf(await this.#server.handleWeb(request))
    return headers
  }
}

function headersOf({ asked, exchange }: Call, method: string): Headers {
  const headers = new Headers({ 'tus-resumable': '1.0.0' })
  const length = exchange.req.headers['content-length']
  if (length !== undefined) headers.set('content-length', length)
  if (asked.offset !== null) headers.set('upload-offset', String(asked.offset))
  if (asked.isPatchType) headers.set('content-type', 'application/offset+octet-stream')
  if (method !== 'POST') return headers
  if (asked.length !== null) headers.set('upload-length', String(asked.length))
  if (asked.defersLength) headers.set('upload-defer-length', '1')
  return headers
}

/** The engine's answers have no body; which origins may read them is said where `/files` is mounted. */
function answerOf({ status, headers }: Response): { status: number; headers: Record<string, string> } {
  const kept = [...headers].filter(
    ([name]) => !name.startsWith('access-control-') && name !== 'content-type' && name !== 'content-length',
  )
  return { status, headers: Object.fromEntries(kept) }
}
