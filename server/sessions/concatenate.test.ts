import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bodyFrom } from '#http'
import { ALICE, BOB, openCore, type TestCore } from '#testing/core.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const life = { ms: 60_000, sliding: true }

describe('concatenate', () => {
  let core: TestCore
  beforeAll(async () => {
    core = await openCore({ maxSize: 1_000_000 })
  })
  afterAll(() => core.dispose())

  const begin = (size: number | null) =>
    core.sessions.create(ALICE, { protocol: 'tus', size, partial: true, life })
  const add = (id: string, offset: number, bytes: Buffer, size?: number) =>
    core.sessions.append(ALICE, id, { offset, body: bodyFrom(bytes), ...(size !== undefined && { size }) })
  const part = async (bytes: Buffer): Promise<string> => {
    const { id } = await begin(bytes.length)
    await add(id, 0, bytes)
    return id
  }
  const join = (parts: readonly string[], more = {}) =>
    core.sessions.concatenate(ALICE, { protocol: 'tus', life, ...more }, parts)
  const content = async (id: string): Promise<Buffer> => {
    const { file } = await core.sessions.finished(ALICE, id)
    const pieces: Buffer[] = []
    for await (const piece of core.sessions.bytes(file)) pieces.push(Buffer.from(piece))
    return Buffer.concat(pieces)
  }
  const garbage = () => core.db.files.garbage(100)

  test('is the parts in order, with the digest of the whole, without a second copy', async () => {
    const [a, b] = [randomBytes(100_000), randomBytes(70_000)]
    const [first, second] = [await part(a), await part(b)]
    const final = await join([second, first, second])
    const whole = Buffer.concat([b, a, b])
    expect(final).toMatchObject({
      status: 'COMPLETED',
      size: whole.length,
      computed: { sha256: sha256(whole) },
    })
    expect((await content(final.id)).equals(whole)).toBe(true)
    expect(final.segments?.map(({ object }) => object)).toEqual([second, first, second])
  })

  test('bytes stay as long as anything is made of them, and no longer', async () => {
    const bytes = randomBytes(1000)
    const id = await part(bytes)
    const [one, two] = [await join([id]), await join([id])]
    await core.sessions.cancel(ALICE, id)
    await core.sessions.cancel(ALICE, one.id)
    expect((await content(two.id)).equals(bytes)).toBe(true)
    await core.sessions.cancel(ALICE, two.id)
    expect(await garbage()).toEqual([])
    const read = async () => {
      for await (const _ of core.store.read({ object: id, position: 0, length: 1000 })) return true
      return false
    }
    await expect(read()).rejects.toThrow()
  })

  test('a pending one is completed by its last part, also when a crash comes right behind that part', async () => {
    const [a, b] = [await begin(3), await begin(null)]
    const pending = await join([a.id, b.id])
    expect(pending).toMatchObject({ status: 'INITIATED', size: null })
    await add(a.id, 0, Buffer.from('abc'))
    await core.reopen()
    expect((await core.sessions.current(ALICE, pending.id)).status).toBe('INITIATED')
    await add(b.id, 0, Buffer.from('de'), 2)
    await core.reopen()
    await core.sessions.recover()
    expect(await core.sessions.current(ALICE, pending.id)).toMatchObject({ status: 'COMPLETED', size: 5 })
    expect((await content(pending.id)).toString()).toBe('abcde')
  })

  test('a pending one tells its length as soon as it can be known', async () => {
    const [a, b] = [await begin(3), await begin(null)]
    const pending = await join([a.id, b.id, b.id])
    expect((await core.sessions.current(ALICE, pending.id)).size).toBeNull()
    await core.sessions.declare(ALICE, b.id, { size: 10 })
    expect((await core.sessions.current(ALICE, pending.id)).size).toBe(23)
  })

  test('a pending one lives as long as its parts, and ends with them', async () => {
    const a = await begin(3)
    const pending = await join([a.id])
    for (let time = 0; time < 3; time += 1) {
      core.clock.time += 40_000
      await add(a.id, time, Buffer.from('x').subarray(0, time < 2 ? 1 : 0))
      await core.sessions.sweep()
      expect((await core.sessions.current(ALICE, pending.id)).status).toBe('INITIATED')
    }
    core.clock.time += 70_000
    await core.sessions.sweep()
    await expect(core.sessions.current(ALICE, pending.id)).rejects.toMatchObject({ code: 'FAILED' })
    expect(await core.db.sessions.finalsOf(a.id)).toEqual([])
  })

  test('takes no bytes of its own', async () => {
    const a = await begin(3)
    const pending = await join([a.id])
    await expect(add(pending.id, 0, Buffer.from('x'))).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('a digest that does not fit fails it and lets go of its parts', async () => {
    const id = await part(Buffer.from('abc'))
    const wrong = join([id], { declared: { sha256: 'ab'.repeat(32) } })
    await expect(wrong).rejects.toMatchObject({ code: 'FILE_DIGEST_MISMATCH' })
    expect((await content(id)).toString()).toBe('abc')
  })

  test('refuses what is no part, not there, not theirs, over, or too much', async () => {
    const id = await part(Buffer.alloc(600_000))
    const whole = await core.sessions.create(ALICE, { protocol: 'tus', size: 1, life })
    await expect(join([whole.id])).rejects.toMatchObject({ code: 'INVALID' })
    await expect(join([])).rejects.toMatchObject({ code: 'INVALID' })
    await expect(join(['x'])).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(join([id, id])).rejects.toMatchObject({ code: 'TOO_LARGE' })
    await expect(core.sessions.concatenate(BOB, { protocol: 'tus', life }, [id])).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await core.sessions.cancel(ALICE, id)
    await expect(join([id])).rejects.toMatchObject({ code: 'CANCELED' })
  })

  test('a part is never filed on a record', async () => {
    const id = await part(Buffer.from('abc'))
    const copy = core.sessions.copy(ALICE, id, { location: 'ARCHIVE', table: null, record: null })
    await expect(copy).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})
