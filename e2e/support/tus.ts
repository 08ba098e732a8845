import type { API } from './api.ts'

/** The plainest of tus clients: creates an upload and returns its URL. */
export async function beginTus(api: API, metadata: Record<string, string>, size: number): Promise<string> {
  const pairs = Object.entries(metadata).map(
    ([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`,
  )
  const answer = await api.fetch('/files', {
    method: 'POST',
    headers: { 'tus-resumable': '1.0.0', 'upload-length': String(size), 'upload-metadata': pairs.join(',') },
  })
  const url = answer.headers.get('location')
  if (answer.status !== 201 || !url) throw new Error(`create: ${answer.status} ${await answer.text()}`)
  return url
}

export async function sendTus(api: API, url: string, offset: number, bytes: Uint8Array): Promise<void> {
  const answer = await api.fetch(url, {
    method: 'PATCH',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(bytes),
  })
  if (answer.status !== 204) throw new Error(`append: ${answer.status} ${await answer.text()}`)
}
