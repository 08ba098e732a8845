import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.dispose())

const paths = ['/nonsense', '/sessions/x/nonsense', '/tables/C_Order/nonsense', '/']

test.each(paths)('GET, HEAD and POST of %s, which is nowhere, get a problem document', async (path) => {
  const headers = { authorization: server.authorization }
  for (const method of ['GET', 'POST', 'HEAD']) {
    const response = await fetch(`${server.origin}/api/slipway/v1${path}`, { method, headers })
    expect([method, response.status]).toEqual([method, 404])
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    if (method !== 'HEAD') expect(await response.json()).toMatchObject({ status: 404, code: 'not-found' })
  }
})

test('a path that cannot be decoded gets one too', async () => {
  const response = await fetch(`${server.origin}/api/slipway/v1/sessions/%zz`)
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(await response.json()).toMatchObject({ type: 'about:blank', status: 400, code: 'invalid' })
})
