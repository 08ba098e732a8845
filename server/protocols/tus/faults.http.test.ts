import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FaultProxy, startFaultProxy } from '#testing/fault-proxy.ts'
import { startServer, type TestServer } from '#testing/server.ts'
import { metadata, type Reply, sha256, tusClient } from './support.ts'

const MIB = 1024 * 1024

describe('tus on bad days', () => {
  let server: TestServer
  let proxy: FaultProxy
  let client: ReturnType<typeof tusClient>
  /** the same uploads, through the proxy */
  let far: ReturnType<typeof tusClient>
  beforeAll(async () => {
    server = await startServer()
    proxy = await startFaultProxy(server.origin)
    client = tusClient(server)
    far = tusClient({ ...server, origin: proxy.origin })
  })
  afterAll(async () => {
    await proxy.close()
    await server.dispose()
  })

  const offsetOf = async (url: string): Promise<number> =>
    Number((await client.head(url)).headers['upload-offset'])
  const finish = async (url: string, bytes: Buffer, from: number): Promise<void> => {
    const last = await client.patch(url, from, bytes.subarray(from))
    expect(last).toMatchObject({ status: 204, headers: { 'upload-offset': String(bytes.length) } })
    expect(sha256((await client.ask('GET', url)).body)).toBe(sha256(bytes))
  }

  test('what was acknowledged survives kill -9 in mid-PATCH, and the upload goes on', async () => {
    const bytes = randomBytes(6 * MIB)
    const url = await client.create(bytes.length, metadata({ sha256: sha256(bytes) }))
    const slow = client.slowPatch(url, bytes, 60, 60).reply.catch((error: Error) => error)
    await expect.poll(() => offsetOf(url), { timeout: 5000 }).toBeGreaterThan(0)
    const acknowledged = await offsetOf(url)
    await server.kill()
    expect(await slow).toBeInstanceOf(Error)
    server = await server.restart()
    client = tusClient(server)
    const offset = await offsetOf(url)
    expect(offset).toBeGreaterThanOrEqual(acknowledged)
    expect(offset).toBeLessThan(bytes.length)
    await finish(url, bytes, offset)
  })

  test('a client that comes back after a lost network goes on within 2 s; the old request writes no more', async () => {
    const bytes = randomBytes(4 * MIB)
    const url = await client.create(bytes.length)
    const old = far.slowPatch(url, bytes, 40, 40)
    const ended = old.reply.catch((error: Error) => error)
    await expect.poll(() => proxy.passed, { timeout: 5000 }).toBeGreaterThan(MIB)
    proxy.faults.halfOpen = true
    const passed = proxy.passed
    await sleep(100)
    expect(proxy.passed).toBe(passed)
    const start = performance.now()
    const offset = await offsetOf(url)
    const reply = await client.patch(url, offset, bytes.subarray(offset, offset + 1000))
    const took = performance.now() - start
    console.log(`takeover of a silent writer: ${Math.round(took)} ms`)
    expect(reply.status).toBe(204)
    expect(took).toBeLessThan(2000)
    expect(offset).toBeGreaterThan(MIB / 2)
    proxy.faults.halfOpen = false
    await Promise.race([ended, sleep(500)])
    await finish(url, bytes, offset + 1000)
  })

  test('two writers at one offset: one wins, the other is told, no byte is mixed', async () => {
    const url = await client.create(2 * MIB)
    const [one, two] = [Buffer.alloc(2 * MIB, 1), Buffer.alloc(2 * MIB, 2)]
    const replies = await Promise.all([
      client.slowPatch(url, one, 20, 20).reply,
      client.slowPatch(url, two, 20, 20).reply,
    ])
    const [won] = replies.filter(({ status }) => status === 204)
    const [lost] = replies.filter(({ status }) => status !== 204) as [Reply]
    expect(won?.headers['upload-offset']).toBe(String(2 * MIB))
    expect([409, 423]).toContain(lost.status)
    if (lost.status === 423) expect(lost.headers['retry-after']).toBeDefined()
    const { body } = await client.ask('GET', url)
    expect([one, two].some((bytes) => bytes.equals(body))).toBe(true)
  })

  test('a writer that is busy keeps its place: the other one is asked to wait', async () => {
    const bytes = randomBytes(3 * MIB)
    const url = await client.create(bytes.length)
    const busy = client.slowPatch(url, bytes, 60, 60)
    await sleep(300)
    const other = await client.patch(url, 0, bytes)
    expect([409, 423]).toContain(other.status)
    if (other.status === 423) expect(other.headers['retry-after']).toBe('1')
    expect((await busy.reply).status).toBe(204)
    expect(sha256((await client.ask('GET', url)).body)).toBe(sha256(bytes))
  })

  test('SIGTERM in mid-PATCH: the running request is answered, and the process ends with 0', async () => {
    const bytes = randomBytes(2 * MIB)
    const url = await client.create(bytes.length)
    const slow = client.slowPatch(url, bytes, 20, 60)
    await sleep(300)
    expect(slow.done()).toBe(false)
    expect(await server.stop()).toBe(0)
    expect(await slow.reply).toMatchObject({ status: 204 })
    server = await server.restart()
    client = tusClient(server)
    expect(sha256((await client.ask('GET', url)).body)).toBe(sha256(bytes))
  })
})
