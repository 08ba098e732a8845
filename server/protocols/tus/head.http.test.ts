import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { sha256, tusClient } from './support.ts'

describe('tus HEAD', () => {
  let server: TestServer
  let client: ReturnType<typeof tusClient>
  beforeAll(async () => {
    server = await startServer()
    client = tusClient(server)
  })
  afterAll(() => server.dispose())

  test('tells offset, length, metadata and end of life, and is not to be cached', async () => {
    const url = await client.create(10, { 'upload-metadata': 'filename YS50eHQ=' })
    await client.patch(url, 0, 'hello')
    const reply = await client.head(url)
    expect(reply).toMatchObject({
      status: 200,
      headers: {
        'upload-offset': '5',
        'upload-length': '10',
        'upload-metadata': 'filename YS50eHQ=',
        'cache-control': 'no-store',
        'tus-resumable': '1.0.0',
      },
    })
    expect(Date.parse(reply.headers['upload-expires'] as string)).toBeGreaterThan(Date.now())
    expect(reply.headers['content-length']).toBeUndefined()
  })

  test('needs the version', async () => {
    const url = await client.create(10)
    const reply = await client.ask('HEAD', url, { headers: { 'tus-resumable': '0.1' } })
    expect(reply).toMatchObject({ status: 412, headers: { 'tus-version': '1.0.0' } })
  })

  test('does not end an append that is running, and answers what is committed', async () => {
    const bytes = Buffer.alloc(3_000_000, 7)
    const url = await client.create(bytes.length)
    const slow = client.slowPatch(url, bytes, 50, 60)
    const offsets: number[] = []
    while (!slow.done()) {
      const reply = await client.head(url)
      expect([200, 423]).toContain(reply.status)
      if (reply.status === 200) offsets.push(Number(reply.headers['upload-offset']))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(await slow.reply).toMatchObject({ status: 204, headers: { 'upload-offset': '3000000' } })
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
    expect(offsets.some((offset) => offset > 0 && offset < bytes.length)).toBe(true)
    expect(sha256((await client.ask('GET', url)).body)).toBe(sha256(bytes))
  })
})
