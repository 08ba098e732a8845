import type { TestServer } from '#testing/server.ts'

const BASE = '/api/slipway/v1'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** parsed when it is JSON */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of any shape
  readonly body: any
}

/** Calls the own API, as the administrator unless headers say otherwise. */
export async function call(
  server: TestServer,
  method: string,
  path: string,
  { body, headers = { authorization: server.authorization } }: { body?: unknown; headers?: object } = {},
): Promise<Answer> {
  const response = await fetch(`${server.origin}${path.startsWith('/sign-in?') ? '' : BASE}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers } as HeadersInit,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJSON = /json/.test(response.headers.get('content-type') ?? '') && text !== ''
  return { status: response.status, headers: response.headers, body: isJSON ? JSON.parse(text) : text }
}

/** Uploads over tus in one request and returns the id of the session. */
export async function upload(
  server: TestServer,
  bytes: Buffer,
  metadata: Record<string, string> = {},
  { authorization = server.authorization, length = bytes.length } = {},
): Promise<string> {
  const pairs = Object.entries(metadata).map(
    ([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`,
  )
  const response = await fetch(`${server.origin}/files`, {
    method: 'POST',
    headers: {
      authorization,
      'tus-resumable': '1.0.0',
      'upload-length': String(length),
      'upload-metadata': pairs.join(','),
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(bytes),
  })
  if (response.status !== 201) throw new Error(`tus: ${response.status} ${await response.text()}`)
  return response.headers.get('location')?.split('/').at(-1) ?? ''
}

/** Sends further bytes of an upload; resolves with the status. */
export async function append(server: TestServer, id: string, offset: number, bytes: Buffer): Promise<number> {
  const response = await fetch(`${server.origin}/files/${id}`, {
    method: 'PATCH',
    headers: {
      authorization: server.authorization,
      'tus-resumable': '1.0.0',
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(bytes),
  })
  return response.status
}
