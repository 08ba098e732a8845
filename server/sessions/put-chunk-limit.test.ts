import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bodyIn } from '#testing/body.ts'
import { ALICE, openCore, type TestCore } from '#testing/core.ts'

const MAX = 1000
const life = { ms: 60_000, sliding: false }

let core: TestCore
beforeAll(async () => {
  core = await openCore({ maxSize: MAX })
})
afterAll(() => core.dispose())

const begin = async () => (await core.sessions.create(ALICE, { protocol: 'kore', firstChunk: 0, life })).id
const put = (id: string, number: number | (() => number), size: number, more = {}) =>
  core.sessions.putChunk(ALICE, id, {
    number,
    body: bodyIn(randomBytes(size)),
    onConflict: 'replace',
    ...more,
  })
const received = async (id: string) => (await core.sessions.read(ALICE, id)).received

test.each([
  ['at once', (number: number) => number],
  ['behind the bytes', (number: number) => () => number],
])('in a file of the largest size a chunk is sent again, its number told %s', async (_, numbered) => {
  const id = await begin()
  await put(id, numbered(0), 400)
  await put(id, numbered(1), 600)
  await expect(put(id, numbered(1), 600)).resolves.toMatchObject({ chunk: { number: 1, size: 600 } })
  await put(id, numbered(0), 300)
  expect(await received(id)).toBe(900)
  await expect(put(id, numbered(1), 701)).rejects.toMatchObject({ code: 'TOO_LARGE', facts: { limit: MAX } })
  await expect(put(id, numbered(2), 101)).rejects.toMatchObject({ code: 'TOO_LARGE', facts: { limit: MAX } })
  expect(await received(id)).toBe(900)
})

test('chunks that come together do not exceed the largest size together', async () => {
  const id = await begin()
  const turns = [60, 60]
  const both = await Promise.allSettled(
    [0, 1].map((number) => put(id, number, 600, { body: bodyIn(randomBytes(600), { turns }) })),
  )
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'TOO_LARGE' } })
  expect(await received(id)).toBe(600)
})

test('the limit of one chunk is told apart from that of the file', async () => {
  const id = await begin()
  await expect(put(id, 0, 101, { limit: 100 })).rejects.toMatchObject({ facts: { limit: 100 } })
  await expect(put(id, 0, 1001, { limit: 5000 })).rejects.toMatchObject({ facts: { limit: MAX } })
})
