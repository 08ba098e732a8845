import { createHash } from 'node:crypto'
import type { TestServer } from '#testing/server.ts'

export const BOUNDARY = '----------------------slipwaytest'

type Part = {
  readonly name: string
  readonly value: string | Buffer
  readonly fileName?: string
  readonly lines?: string[]
}

export function multipart(...parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ name, value, fileName, lines = [] }) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`
    const header = [`Content-Disposition: form-data; name="${name}"${file}`, ...lines].join('\r\n')
    return [
      Buffer.from(`--${BOUNDARY}\r\n${header}\r\n\r\n`),
      Buffer.from(value as string),
      Buffer.from('\r\n'),
    ]
  })
  return Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)])
}

export const filePart = (value: Buffer | string, fileName = 'blob'): Part => ({
  name: 'file',
  value,
  fileName,
})
export const field = (name: string, value: string): Part => ({ name, value })

interface Reply {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came
  readonly body: any
}

export interface Client {
  /** headers of every request */
  readonly headers: Record<string, string>
  call(method: string, path: string, body?: Buffer | string, headers?: Record<string, string>): Promise<Reply>
  start(more?: Record<string, unknown>): Promise<Reply>
  chunk(id: string, number: number | string, bytes: Buffer | string): Promise<Reply>
  upload(bytes: Buffer | string, fileName: string, context?: string): Promise<Reply>
  complete(id: string): Promise<Reply>
}

const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
export const FILES = '/api/public/files'

export function client(
  server: TestServer,
  headers: Record<string, string> = { 'x-api-key': server.key },
): Client {
  const call: Client['call'] = async (method, path, body, more = {}) => {
    const url = path.startsWith('http') ? path : server.origin + path
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }
    const response = await fetch(url, { method, headers: { ...headers, ...more }, ...init })
    const text = await response.text()
    const isJSON = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, body: isJSON ? JSON.parse(text) : text }
  }
  return {
    headers,
    call,
    start: (more = {}) => {
      const fields = {
        fileContext: 'bulkImport',
        totalChunks: 1,
        fileExtension: 'wav',
        fileName: 'a.wav',
        fileSize: 0,
      }
      return call('POST', `${FILES}/session/start`, JSON.stringify({ ...fields, ...more }), {
        'content-type': 'application/json',
      })
    },
    chunk: (id, number, bytes) =>
      call(
        'POST',
        `${FILES}/session/${id}`,
        multipart(filePart(bytes), field('chunkNumber', String(number))),
        FORM,
      ),
    upload: (bytes, fileName, context = 'bulkImport') =>
      call('POST', FILES, multipart(filePart(bytes, fileName), field('fileContext', context)), FORM),
    complete: (id) => call('POST', `${FILES}/session/${id}/complete`),
  }
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The bytes behind a link, fetched without any credential. */
export async function fetchBytes(url: string): Promise<Buffer> {
  const response = await fetch(url)
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return Buffer.from(await response.arrayBuffer())
}

export const form = FORM
