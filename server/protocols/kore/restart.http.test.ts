import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { client, FILES, fetchBytes, sha256 } from './support.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.dispose())

test('what was acknowledged survives kill -9, and the upload goes on', async () => {
  const parts = Array.from({ length: 6 }, () => randomBytes(200_000))
  const whole = Buffer.concat(parts)
  const { sessionId } = (await client(server).start({ fileSize: whole.length, totalChunks: 6 })).body
  const before = client(server)
  for (const n of [5, 1, 0]) expect((await before.chunk(sessionId, n, parts[n] ?? '')).status).toBe(200)
  const unheard = before.chunk(sessionId, 2, parts[2] ?? '').catch(() => null)
  const { pid } = server
  await server.kill()
  await unheard
  expect(() => process.kill(pid, 0)).toThrow()
  server = await server.restart()
  const after = client(server)
  const state = (await after.call('GET', `${FILES}/session/${sessionId}`)).body
  expect(state.receivedChunks).toEqual(expect.arrayContaining([0, 1, 5]))
  for (const n of state.missingChunks as number[]) await after.chunk(sessionId, n, parts[n] ?? '')
  const done = await after.complete(sessionId)
  expect(sha256(await fetchBytes(done.body.url))).toBe(sha256(whole))
  const { url } = done.body
  server = await server.restart()
  expect((await client(server).complete(sessionId)).body.url).toBe(url)
  expect(sha256(await fetchBytes(url))).toBe(sha256(whole))
})
