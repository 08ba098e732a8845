import { createHash } from 'node:crypto'
import type { TestServer } from '#testing/server.ts'

const API = '/nuxeo/api/v1'
export const WORKSPACES = `${API}/path/default-domain/workspaces`

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  /** the text of an answer that is no JSON */
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came
  readonly body: any
}

type Given = Record<string, string>

export interface Client {
  /** `path` below the API, or a whole path that begins with /nuxeo, or an address */
  call(method: string, path: string, body?: Buffer | string | object, headers?: Given): Promise<Reply>
  /** a new batch's id */
  batch(): Promise<string>
  /** in one go */
  send(batch: string, index: number | string, bytes: Buffer | string, headers?: Given): Promise<Reply>
  chunk(batch: string, index: number | string, chunk: Chunk): Promise<Reply>
  document(name: string, properties?: object, headers?: Given): Promise<Reply>
}

export interface Chunk {
  readonly at: number | string
  readonly of: number | string
  readonly bytes: Buffer | string
  readonly size?: number | string
  readonly headers?: Given
}

export function clientOf(server: TestServer, authorization = server.authorization): Client {
  const call: Client['call'] = async (method, path, body, headers = {}) => {
    const url = path.startsWith('http')
      ? path
      : server.origin + (path.startsWith('/nuxeo') ? path : API + path)
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        authorization,
        ...(isDocument(body) ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isDocument(body) ? JSON.stringify(body) : plain(body) }),
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    const text = bytes.toString()
    const json = response.headers.get('content-type')?.startsWith('application/json') === true
    const parsed: unknown = json && text !== '' ? JSON.parse(text) : null
    return { status: response.status, headers: response.headers, bytes, text, body: parsed }
  }
  return {
    call,
    batch: async () => (await call('POST', '/upload')).body.batchId as string,
    send: (batch, index, bytes, headers) => call('POST', `/upload/${batch}/${index}`, bytes, headers),
    chunk: (batch, index, { at, of, bytes, size = 100, headers }) =>
      call('POST', `/upload/${batch}/${index}`, bytes, {
        'x-upload-type': 'chunked',
        'x-upload-chunk-index': String(at),
        'x-upload-chunk-count': String(of),
        'x-file-size': String(size),
        ...headers,
      }),
    document: (name, properties = {}, headers) =>
      call('POST', WORKSPACES, { 'entity-type': 'document', type: 'File', name, properties }, headers),
  }
}

const isDocument = (body: unknown): body is object => typeof body === 'object' && !Buffer.isBuffer(body)
const plain = (body: Buffer | string) => (typeof body === 'string' ? body : new Uint8Array(body))

export const md5 = (bytes: Buffer | string): string => createHash('md5').update(bytes).digest('hex')
export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/** How a request names a file of a batch. */
export const blobOf = (batch: string, index: number | string) => ({
  'upload-batch': batch,
  'upload-fileId': index,
})
