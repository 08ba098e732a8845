import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bodyIn } from '#testing/body.ts'
import { ALICE, openCore, type TestCore } from '#testing/core.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const life = { ms: 60_000, sliding: false }

let core: TestCore
beforeAll(async () => {
  core = await openCore()
})
afterAll(() => core.dispose())

const begin = (more = {}) =>
  core.sessions.create(ALICE, { protocol: 'idempiere', firstChunk: 1, life, ...more })
const put = (id: string, number: number, bytes: Buffer, total: number, how = {}) =>
  core.sessions.putChunk(ALICE, id, {
    number,
    total,
    body: bodyIn(bytes, how),
    onConflict: 'replace',
    sumMustFit: true,
  })
async function content(id: string): Promise<Buffer> {
  const { file } = await core.sessions.finished(ALICE, id)
  const pieces: Buffer[] = []
  for await (const piece of core.sessions.bytes(file)) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}
const settle = async (id: string) => core.sessions.settled(await core.sessions.read(ALICE, id))

describe('chunks that are sent again', () => {
  test('the newest of a number stands', async () => {
    const { id } = await begin()
    const [old, first, last] = [randomBytes(100), randomBytes(70), randomBytes(130)]
    await put(id, 1, old, 2)
    await put(id, 1, first, 2)
    expect(await put(id, 2, last, 2)).toMatchObject({ completed: true })
    const whole = Buffer.concat([first, last])
    expect(await settle(id)).toMatchObject({ status: 'COMPLETED', computed: { sha256: sha256(whole) } })
    expect(await content(id)).toEqual(whole)
  })

  test('one that does not arrive whole leaves the stored one as it is', async () => {
    const { id } = await begin()
    const bytes = randomBytes(100)
    await put(id, 1, bytes, 2)
    await expect(put(id, 1, randomBytes(100), 2, { cut: true })).rejects.toMatchObject({ code: 'CUT' })
    await put(id, 2, bytes, 2)
    await settle(id)
    expect(await content(id)).toEqual(Buffer.concat([bytes, bytes]))
  })

  test('two of the last number at once both count, and one stands whole', async () => {
    const { id } = await begin()
    const [one, two] = [randomBytes(5000), randomBytes(5000)]
    const stored = await Promise.all([put(id, 1, one, 1), put(id, 1, two, 1, { turns: [9, 9, 9, 9] })])
    expect(stored.filter(({ completed }) => completed)).toHaveLength(1)
    await settle(id)
    expect(await content(id)).toEqual(stored[0]?.completed === true ? one : two)
  })

  test('one that sets out after the completing one is refused', async () => {
    const { id } = await begin()
    await put(id, 1, randomBytes(10), 1)
    await expect(put(id, 1, randomBytes(10), 1)).rejects.toMatchObject({ code: 'COMPLETED' })
  })
})

test('a size that does not fit keeps the chunk and waits for a better one', async () => {
  const { id } = await begin({ size: 30 })
  await put(id, 1, randomBytes(10), 2)
  const wrong = await put(id, 2, randomBytes(10), 2)
  expect(wrong).toMatchObject({ completed: false, mismatch: { expected: 30, received: 20 } })
  expect(await put(id, 2, randomBytes(20), 2)).toMatchObject({ completed: true, mismatch: null })
})

test('places of chunks far away are no holes in a file that nobody could keep', async () => {
  const { id } = await begin({ chunkSize: 2 ** 50 })
  const [first, last] = [randomBytes(10), randomBytes(20)]
  await put(id, 2_147_483_647, last, 2)
  expect(await put(id, 1, first, 2)).toMatchObject({ completed: true })
  await settle(id)
  expect(await content(id)).toEqual(Buffer.concat([first, last]))
})

describe('a life that is over', () => {
  test('ends the upload when somebody looks, and frees its bytes', async () => {
    const { id } = await begin({ life: { ms: 0, sliding: false } })
    expect(await core.sessions.lapse(ALICE, id)).toMatchObject({ status: 'FAILED' })
    await expect(put(id, 1, randomBytes(10), 1)).rejects.toMatchObject({ code: 'EXPIRED' })
  })

  test('leaves others alone', async () => {
    const { id } = await begin()
    expect(await core.sessions.lapse(ALICE, id)).toMatchObject({ status: 'INITIATED' })
  })
})

test('a digest declared as text matches only as it is written', async () => {
  const bytes = randomBytes(10)
  const declared = { sha256: sha256(bytes).toUpperCase() }
  const { id } = await begin({ declared, declaredAs: 'text' })
  await put(id, 1, bytes, 1)
  expect(await settle(id)).toMatchObject({ status: 'FAILED' })
})
