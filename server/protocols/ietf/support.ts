import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestServer } from '#testing/server.ts'

export const TYPE = 'application/partial-upload'

interface Interim {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** when it came, ms since the request began */
  readonly at: number
}

export interface Reply {
  readonly status: number
  readonly phrase: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly interim: readonly Interim[]
}

export interface Ask {
  readonly method?: string
  readonly headers?: Record<string, string | number | string[]>
  /** interop version */
  readonly version?: number
  /** sent piece by piece, `pause` ms apart */
  readonly body?: Buffer | readonly Buffer[]
  readonly pause?: number
  /** `Authorization`; null sends none */
  readonly authorization?: string | null
}

/** One request over node's own client, which shows interim responses. */
export async function ask(server: TestServer, path: string, how: Ask = {}): Promise<Reply> {
  const { method = 'GET', version, pause = 0 } = how
  const body = how.body === undefined ? [] : Buffer.isBuffer(how.body) ? [how.body] : how.body
  const authorization = how.authorization === undefined ? server.authorization : how.authorization
  const headers: Record<string, string | number | string[]> = {
    ...(authorization === null ? {} : { authorization }),
    ...(version === undefined ? {} : { 'upload-draft-interop-version': version }),
    ...(Buffer.isBuffer(how.body) ? { 'content-length': how.body.length } : {}),
    ...how.headers,
  }
  const start = performance.now()
  const req = request(server.origin + path, { method, headers, agent: false })
  const interim: Interim[] = []
  req.on('information', ({ statusCode, headers: told }) =>
    interim.push({ status: statusCode, headers: told, at: performance.now() - start }),
  )
  const answered = once(req, 'response') as Promise<[IncomingMessage]>
  await Promise.race([write(req, body, pause), answered])
  const [res] = await answered
  const pieces: Buffer[] = []
  for await (const piece of res) pieces.push(piece as Buffer)
  const { statusCode: status = 0, statusMessage: phrase = '' } = res
  return { status, phrase, headers: res.headers, body: Buffer.concat(pieces), interim }
}

async function write(req: ClientRequest, body: readonly Buffer[], pause: number): Promise<void> {
  for (const piece of body) {
    req.write(piece)
    if (pause > 0) await sleep(pause)
  }
  req.end()
}

/** Begins an upload; without `body`, an empty one of `size` bytes. */
export const create = (server: TestServer, how: Ask = {}): Promise<Reply> =>
  ask(server, '/files', {
    version: 8,
    ...how,
    method: 'POST',
    headers: { 'upload-complete': '?0', ...how.headers },
  })

/** Path of the upload a creation announced. */
export const path = ({ headers }: Pick<Reply, 'headers'>): string =>
  new URL(headers.location ?? '', 'http://slipway.invalid').pathname

export const append = (
  server: TestServer,
  upload: string,
  offset: number,
  body: Ask['body'],
  how: Ask = {},
): Promise<Reply> =>
  ask(server, upload, {
    version: 8,
    ...how,
    method: 'PATCH',
    body: body ?? Buffer.alloc(0),
    headers: {
      'content-type': TYPE,
      'upload-offset': offset,
      'upload-complete': '?0',
      ...how.headers,
    },
  })

export const head = (server: TestServer, upload: string, how: Ask = {}): Promise<Reply> =>
  ask(server, upload, { version: 8, ...how, method: 'HEAD' })

export const problem = (reply: Reply): Record<string, unknown> =>
  JSON.parse(reply.body.toString()) as Record<string, unknown>

export const sha = (algorithm: 'sha256' | 'sha512', bytes: Buffer, encoding: 'hex' | 'base64' = 'hex') =>
  createHash(algorithm).update(bytes).digest(encoding)

/** A digest field of RFC 9530. */
export const digest = (algorithm: 'sha-256' | 'sha-512', bytes: Buffer): string =>
  `${algorithm}=:${sha(algorithm === 'sha-256' ? 'sha256' : 'sha512', bytes, 'base64')}:`

/** Bytes on a bare socket, as they are written; `received` is what came back so far. */
export async function open(server: TestServer): Promise<Socket & { received: () => string }> {
  const { hostname, port } = new URL(server.origin)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece
  })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return Object.assign(socket, { received: () => text })
}

export const lines = (...parts: readonly string[]): string => `${parts.join('\r\n')}\r\n\r\n`

/** Polls until `probe` gives something other than undefined. */
export async function until<T>(
  probe: () => Promise<T | undefined> | T | undefined,
  limit = 5000,
): Promise<T> {
  const end = performance.now() + limit
  while (performance.now() < end) {
    const found = await probe()
    if (found !== undefined) return found
    await sleep(20)
  }
  throw new Error(`did not happen within ${limit} ms`)
}
