import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.dispose())

const get = (path: string) => fetch(`${server.origin}${path}`)

test('live and ready need no credential', async () => {
  const live = await get('/health/live')
  expect([live.status, await live.json()]).toEqual([200, { status: 'up' }])
  const ready = await get('/health/ready')
  const checks = { database: 'up', storage: 'up' }
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', checks }])
})

test('metrics tell of requests, sessions, bytes and locks, and of no secret', async () => {
  const id = await upload(Buffer.alloc(1000))
  const response = await get('/metrics')
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
  const text = await response.text()
  expect(text).toMatch(
    /slipway_request_duration_seconds_count\{route="\/health\/live",method="GET",status="200"\} 1/,
  )
  expect(text).toMatch(
    /slipway_request_duration_seconds_count\{route="\/files",method="POST",status="201"\} 1/,
  )
  expect(text).toMatch(/slipway_sessions\{protocol="tus",status="COMPLETED"\} 1/)
  expect(text).toMatch(/slipway_bytes_received_total\{protocol="tus"\} 1000/)
  expect(text).toMatch(/slipway_lock_wait_seconds_count [1-9]/)
  expect(text).toMatch(/process_resident_memory_bytes \d/)
  expect(text).not.toContain(id)
  expect(text).not.toContain(server.key)
})

async function upload(bytes: Buffer): Promise<string> {
  const response = await fetch(`${server.origin}/files`, {
    method: 'POST',
    headers: {
      authorization: server.authorization,
      'tus-resumable': '1.0.0',
      'upload-length': String(bytes.length),
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(bytes),
  })
  expect(response.status).toBe(201)
  return response.headers.get('location')?.split('/').at(-1) ?? ''
}
