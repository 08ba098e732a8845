import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestServer } from '#testing/server.ts'

export const UPLOADS = '/api/v1/uploads'
export const MODELS = '/api/v1/models'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came
  readonly body: any
}

export interface Request {
  readonly body?: string | Uint8Array
  readonly headers?: Record<string, string>
  /** sent as JSON */
  readonly json?: unknown
}

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Calls one server as one user (default: its administrator). */
export function client(server: TestServer, authorization: string | null = server.authorization) {
  const credential: Record<string, string> = authorization === null ? {} : { authorization }

  async function call(method: string, path: string, request: Request = {}): Promise<Reply> {
    const type: Record<string, string> =
      request.json === undefined ? {} : { 'content-type': 'application/json' }
    const body = request.json === undefined ? request.body : JSON.stringify(request.json)
    const response = await fetch(server.origin + path, {
      method,
      headers: { ...credential, ...type, ...request.headers },
      ...(body !== undefined && { body: body as BodyInit }),
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    const text = bytes.toString()
    const isJSON = response.headers.get('content-type')?.includes('json') === true && text !== ''
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      text,
      body: isJSON ? JSON.parse(text) : null,
    }
  }

  const begin = (more: Record<string, unknown> = {}): Promise<Reply> =>
    call('POST', UPLOADS, {
      json: { fileName: 'a.txt', sha256: sha256(''), expiresInSeconds: 3600, ...more },
    })

  const put = (
    id: string,
    number: number | string,
    bytes: string | Uint8Array,
    total: number | string | null,
    headers: Record<string, string> = {},
  ): Promise<Reply> =>
    call('PUT', `${UPLOADS}/${id}/chunks/${number}`, {
      body: bytes,
      headers: {
        'content-type': 'application/octet-stream',
        ...(total !== null && { 'x-total-chunks': String(total) }),
        ...headers,
      },
    })

  const status = async (id: string): Promise<Reply['body']> => (await call('GET', `${UPLOADS}/${id}`)).body

  /** Polls until the session is neither open nor being processed. */
  async function settled(id: string): Promise<Reply['body']> {
    for (let tries = 0; tries < 500; tries += 1) {
      const now = await status(id)
      if (!['INITIATED', 'UPLOADING', 'PROCESSING'].includes(now.status)) return now
      await sleep(10)
    }
    throw new Error(`${id} did not settle`)
  }

  /** A whole upload in chunks; resolves with its id once it is COMPLETED. */
  async function upload(
    chunks: readonly (string | Uint8Array)[],
    more: Record<string, unknown> = {},
  ): Promise<string> {
    const whole = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string)))
    const { uploadId } = (await begin({ sha256: sha256(whole), ...more })).body
    for (const [index, chunk] of chunks.entries()) await put(uploadId, index + 1, chunk, chunks.length)
    const { status, message } = await settled(uploadId)
    if (status !== 'COMPLETED') throw new Error(`${status}: ${message}`)
    return uploadId
  }

  /** A sample record of a table. */
  const record = async (table = 'C_Order'): Promise<{ id: number; uid: string }> =>
    (await call('POST', `${MODELS}/${table}`, { json: { Name: `record of a test ${Date.now()}` } })).body

  return { call, begin, put, status, settled, upload, record }
}

export type Client = ReturnType<typeof client>

/** An error of the first shape: exactly these members. */
export const problem = (status: number, title: string, detail: unknown): unknown => ({
  title,
  status,
  detail,
})
