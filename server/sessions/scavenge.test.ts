import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALICE, openCore, type TestCore } from '#testing/core.ts'
import type { Body } from './ports.ts'

let core: TestCore
beforeAll(async () => {
  core = await openCore()
})
afterAll(() => core.dispose())

const body = (bytes: Buffer): Body => ({
  // Of unknown length, so that each chunk gets an object of its own.
  length: null,
  stop: () => undefined,
  async *[Symbol.asyncIterator]() {
    yield bytes
  },
})

test('removes what nothing refers to, and nothing else', async () => {
  const life = { ms: 60_000, sliding: true }
  const whole = Buffer.concat([Buffer.from('one'), Buffer.from('two')])
  const { id } = await core.sessions.create(ALICE, {
    protocol: 'kore',
    size: 6,
    firstChunk: 0,
    totalChunks: 2,
    life,
  })
  const put = (number: number, text: string) =>
    core.sessions.putChunk(ALICE, id, { number, body: body(Buffer.from(text)), onConflict: 'replace' })
  await put(0, 'one')
  const lost = `${id}.${randomUUID()}`
  const orphan = `${randomUUID()}.${randomUUID()}`
  for (const object of [lost, orphan]) {
    const writer = await core.store.open(object)
    await writer.write([randomBytes(10)], 0)
    await writer.close()
  }
  expect(await core.sessions.scavenge(Date.now() - 60_000)).toBe(0)
  expect(await core.sessions.scavenge(Date.now() + 60_000)).toBe(2)
  await expect(
    core.store.read({ object: lost, position: 0, length: 1 })[Symbol.asyncIterator]().next(),
  ).rejects.toThrow()
  await put(1, 'two')
  const { computed } = await core.sessions.complete(ALICE, id)
  expect(await core.sessions.scavenge(Date.now() + 60_000)).toBe(0)
  const { file } = await core.sessions.finished(ALICE, id)
  const pieces: Buffer[] = []
  for await (const piece of core.sessions.bytes(file)) pieces.push(Buffer.from(piece))
  expect(Buffer.concat(pieces).equals(whole)).toBe(true)
  expect(file.digests.sha256).toBe(computed.sha256)
})
