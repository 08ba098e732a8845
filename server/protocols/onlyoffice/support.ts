import { createHash } from 'node:crypto'
import type { TestServer } from '#testing/server.ts'

export const BOUNDARY = '----WebKitFormBoundarySlipwayTest'
export const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
export const GONE = 'Not authorized or session with specified upload id already expired'

/** A form with one file, fields before it. */
export function multipart(
  bytes: Buffer | string,
  name = 'file',
  fields: Record<string, string> = {},
): Buffer {
  const before = Object.entries(fields).map(
    ([key, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`,
  )
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="blob"\r\nContent-Type: application/octet-stream\r\n\r\n`
  return Buffer.concat([
    Buffer.from(before.join('') + head),
    Buffer.from(bytes as string),
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ])
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came
  readonly body: any
}

type Headers_ = Record<string, string>

export interface Client {
  call(method: string, path: string, body?: Buffer | string, headers?: Headers_): Promise<Reply>
  json(method: string, path: string, document: unknown): Promise<Reply>
  /** id of the caller's own folder */
  my(): Promise<number>
  /** create_session; the session object */
  begin(fields: Record<string, unknown>, folder?: number | string): Promise<Record<string, string>>
  /** mode B; no credential */
  send(location: string, bytes: Buffer | string, headers?: Headers_): Promise<Reply>
  /** a whole upload in one chunk; what the last reply says */
  upload(
    title: string,
    bytes: Buffer | string,
    more?: Record<string, unknown>,
  ): Promise<Record<string, string>>
  download(url: string): Promise<Buffer>
}

export function client(server: TestServer, authorization = server.authorization): Client {
  const call: Client['call'] = async (method, path, body, more = {}) => {
    const url = path.startsWith('http') ? path : server.origin + path
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }
    const credential = authorization === '' ? {} : { authorization }
    const response = await fetch(url, { method, headers: { ...credential, ...more } as Headers_, ...init })
    const text = await response.text()
    const isJSON = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, body: isJSON ? JSON.parse(text) : text }
  }
  const json: Client['json'] = (method, path, document) =>
    call(method, path, JSON.stringify(document), { 'content-type': 'application/json' })
  const my = async (): Promise<number> => (await call('GET', '/api/2.0/files/@my')).body.response.current.id
  const begin: Client['begin'] = async (fields, folder) => {
    const path = `/api/2.0/files/${folder ?? (await my())}/upload/create_session`
    const { status, body } = await json('POST', path, fields)
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body.response.data
  }
  const send: Client['send'] = (location, bytes, headers = {}) =>
    anonymous(server).call('POST', location, multipart(bytes), { ...FORM, ...headers })
  return {
    call,
    json,
    my,
    begin,
    send,
    upload: async (title, bytes, more = {}) => {
      const { location = '' } = await begin({ fileName: title, fileSize: bytes.length, ...more })
      const { status, body } = await send(location, bytes)
      if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
      return body.data
    },
    download: async (url) => {
      const response = await fetch(url, { headers: { authorization } })
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
      return Buffer.from(await response.arrayBuffer())
    },
  }
}

export const anonymous = (server: TestServer): Client => client(server, '')

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
