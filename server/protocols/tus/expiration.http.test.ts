import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { tusClient } from './support.ts'

describe('tus expiration', () => {
  let server: TestServer
  let client: ReturnType<typeof tusClient>
  beforeAll(async () => {
    server = await startServer({ SLIPWAY_SESSION_TTL: '2s' })
    client = tusClient(server)
  })
  afterAll(() => server.dispose())

  test('an unfinished upload ends when nobody goes on with it; each append renews it', async () => {
    const url = await client.create(20)
    const seen = async (): Promise<number> =>
      Date.parse((await client.head(url)).headers['upload-expires'] as string)
    const first = await seen()
    for (let at = 0; at < 3; at += 1) {
      await sleep(1200)
      expect((await client.patch(url, at, 'x')).status).toBe(204)
    }
    expect(await seen()).toBeGreaterThan(first + 2000)
    await sleep(2200)
    for (const reply of [
      await client.head(url),
      await client.patch(url, 3, 'x'),
      await client.ask('GET', url),
    ]) {
      expect(reply.status).toBe(410)
      expect(reply.headers['upload-expires']).toBeUndefined()
    }
  })

  test('a finished upload never ends', async () => {
    const url = await client.create(5)
    await client.patch(url, 0, 'hello')
    await sleep(2500)
    expect((await client.head(url)).status).toBe(200)
    expect((await client.ask('GET', url)).text).toBe('hello')
  })
})
