import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { tusClient } from './support.ts'

describe('tus DELETE', () => {
  let server: TestServer
  let client: ReturnType<typeof tusClient>
  beforeAll(async () => {
    server = await startServer()
    client = tusClient(server)
  })
  afterAll(() => server.dispose())

  test.each([
    ['begun', ''],
    ['half', 'hel'],
    ['finished', 'hello'],
  ])('an upload that is %s is gone for good', async (_, bytes) => {
    const url = await client.create(5)
    if (bytes !== '') await client.patch(url, 0, bytes)
    const reply = await client.tus('DELETE', url)
    expect(reply).toMatchObject({ status: 204, headers: { 'tus-resumable': '1.0.0' } })
    for (const later of [
      await client.head(url),
      await client.patch(url, bytes.length, ''),
      await client.tus('DELETE', url),
      await client.ask('GET', url),
    ])
      expect(later.status).toBe(410)
  })

  test('ends an append that is running', async () => {
    const url = await client.create(1_000_000)
    const slow = client.slowPatch(url, Buffer.alloc(1_000_000), 100, 50)
    await expect.poll(async () => (await client.session(url)).status, { timeout: 5000 }).toBe('UPLOADING')
    expect((await client.tus('DELETE', url)).status).toBe(204)
    const answer = await slow.reply.catch((error: Error) => error)
    expect(answer instanceof Error || answer.status === 410).toBe(true)
  })

  test('an upload that never was is 404', async () => {
    expect((await client.tus('DELETE', '/files/00000000-0000-4000-8000-000000000000')).status).toBe(404)
  })
})
