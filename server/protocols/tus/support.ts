import { createHash } from 'node:crypto'
import { type IncomingHttpHeaders, request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestServer } from '#testing/server.ts'

export interface Reply {
  readonly status: number
  readonly statusText: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly text: string
}

export interface Sent {
  readonly headers?: Record<string, string>
  readonly body?: Buffer | string
  /** sent chunked, with these trailers */
  readonly trailers?: Record<string, string>
  /** sent chunked */
  readonly chunked?: boolean
  /** sent chunked, piece by piece */
  readonly source?: AsyncIterable<Buffer>
  /** null: no credential */
  readonly as?: string | null
}

export const PATCH_TYPE = { 'content-type': 'application/offset+octet-stream' }

/** A client that speaks tus's requests one by one, on a connection of its own each. */
export function tusClient(server: Pick<TestServer, 'origin' | 'authorization'>) {
  const ask = (method: string, path: string, sent: Sent = {}): Promise<Reply> =>
    send(method, new URL(path, server.origin), {
      ...sent,
      headers: {
        ...(sent.as === null ? {} : { authorization: sent.as ?? server.authorization }),
        ...sent.headers,
      },
    })
  const tus = (method: string, path: string, sent: Sent = {}): Promise<Reply> =>
    ask(method, path, { ...sent, headers: { 'tus-resumable': '1.0.0', ...sent.headers } })
  return {
    /** any request, with a credential */
    ask,
    /** with `Tus-Resumable: 1.0.0` */
    tus,
    /** Creates an upload; resolves with its URL's path. */
    create: async (
      length: number | null,
      headers: Record<string, string> = {},
      as?: string,
    ): Promise<string> => {
      const size: Record<string, string> =
        length === null ? { 'upload-defer-length': '1' } : { 'upload-length': String(length) }
      const reply = await tus('POST', '/files', { headers: { ...size, ...headers }, ...(as && { as }) })
      if (reply.status !== 201) throw new Error(`created with ${reply.status}: ${reply.text}`)
      return String(reply.headers.location)
    },
    patch: (url: string, offset: number, body: Buffer | string, headers: Record<string, string> = {}) =>
      tus('PATCH', url, { headers: { ...PATCH_TYPE, 'upload-offset': String(offset), ...headers }, body }),
    /** The whole of `bytes` in `pieces`, one every `pause` ms. */
    slowPatch: (url: string, bytes: Buffer, pieces: number, pause: number) => {
      let done = false
      const headers = {
        authorization: server.authorization,
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        ...PATCH_TYPE,
      }
      const size = Math.ceil(bytes.length / pieces)
      async function* drip(): AsyncGenerator<Buffer> {
        for (let at = 0; at < bytes.length; at += size) {
          yield bytes.subarray(at, at + size)
          await sleep(pause)
        }
      }
      const reply = send('PATCH', new URL(url, server.origin), { headers, source: drip() }).finally(() => {
        done = true
      })
      return { reply, done: () => done }
    },
    head: (url: string) => tus('HEAD', url),
    /** the session as the own API shows it */
    session: async (url: string): Promise<Record<string, unknown>> => {
      const reply = await ask('GET', `/api/slipway/v1/sessions/${url.split('/').at(-1)}`)
      return JSON.parse(reply.text) as Record<string, unknown>
    },
  }
}

function send(
  method: string,
  url: URL,
  { headers = {}, body, trailers, chunked, source }: Sent,
): Promise<Reply> {
  const bytes = body === undefined ? undefined : Buffer.from(body)
  const streamed = chunked === true || trailers !== undefined || source !== undefined
  const sized: Record<string, string> =
    bytes === undefined || streamed ? {} : { 'content-length': String(bytes.length) }
  const transfer: Record<string, string> = streamed ? { 'transfer-encoding': 'chunked' } : {}
  return new Promise((resolve, reject) => {
    const req = request(
      url,
      { method, agent: false, headers: { ...sized, ...transfer, ...headers } },
      (res) => {
        const pieces: Buffer[] = []
        res.on('data', (piece: Buffer) => pieces.push(piece))
        res.once('error', reject)
        res.once('end', () => {
          const all = Buffer.concat(pieces)
          const { statusCode = 0, statusMessage = '' } = res
          resolve({
            status: statusCode,
            statusText: statusMessage,
            headers: res.headers,
            body: all,
            text: all.toString(),
          })
        })
      },
    )
    req.once('error', reject)
    if (bytes !== undefined) req.write(bytes)
    if (source !== undefined) {
      pipeline(Readable.from(source), req).catch(reject)
      return
    }
    if (trailers !== undefined) req.addTrailers(trailers)
    req.end()
  })
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** `Upload-Metadata` */
export const metadata = (values: Record<string, string>): Record<string, string> => ({
  'upload-metadata': Object.entries(values)
    .map(([key, value]) => `${key} ${base64(value)}`)
    .join(','),
})

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
