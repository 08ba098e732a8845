import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ByteStore, Segment } from '#sessions'

/** The exam of the `ByteStore` port. `open` makes an empty store and says how to take it away. */
export function describeByteStore(
  name: string,
  open: () => Promise<{ store: ByteStore; dispose: () => Promise<void> }>,
): void {
  describe(`${name} is a byte store`, () => {
    let store: ByteStore
    let dispose: () => Promise<void>
    beforeAll(async () => {
      ;({ store, dispose } = await open())
    })
    afterAll(() => dispose())

    const put = async (object: string, pieces: Buffer[], position = 0): Promise<void> => {
      const writer = await store.open(object)
      await writer.write(pieces, position)
      await writer.flush()
      await writer.close()
    }
    const get = async (segment: Segment): Promise<Buffer> => {
      const pieces: Buffer[] = []
      for await (const piece of store.read(segment)) pieces.push(Buffer.from(piece))
      return Buffer.concat(pieces)
    }

    test('gives back what was written', async () => {
      const object = randomUUID()
      const bytes = randomBytes(3_000_001)
      await put(object, [bytes.subarray(0, 7), bytes.subarray(7, 2_000_000), bytes.subarray(2_000_000)])
      expect((await get({ object, position: 0, length: bytes.length })).equals(bytes)).toBe(true)
    })

    test('gives back a part', async () => {
      const object = randomUUID()
      const bytes = randomBytes(2_500_000)
      await put(object, [bytes])
      const part = await get({ object, position: 1_234_567, length: 1_000_003 })
      expect(part.equals(bytes.subarray(1_234_567, 2_234_570))).toBe(true)
    })

    test('takes a thousand pieces in one write', async () => {
      const object = randomUUID()
      const pieces = Array.from({ length: 1000 }, () => randomBytes(100))
      await put(object, pieces)
      expect((await get({ object, position: 0, length: 100_000 })).equals(Buffer.concat(pieces))).toBe(true)
    })

    test('never truncates what it opens', async () => {
      const object = randomUUID()
      const bytes = randomBytes(1000)
      await put(object, [bytes])
      await put(object, [Buffer.from('x')], 500)
      const after = Buffer.concat([bytes.subarray(0, 500), Buffer.from('x'), bytes.subarray(501)])
      expect((await get({ object, position: 0, length: 1000 })).equals(after)).toBe(true)
    })

    test('takes positions in any order, by several writers at once', async () => {
      const object = randomUUID()
      const bytes = randomBytes(64 * 10_000)
      const places = Array.from({ length: 64 }, (_, index) => index).sort(() => Math.random() - 0.5)
      await Promise.all(
        places.map((n) => put(object, [bytes.subarray(n * 10_000, (n + 1) * 10_000)], n * 10_000)),
      )
      const digest = createHash('sha256').update(await get({ object, position: 0, length: bytes.length }))
      expect(digest.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
    })

    test('reads nothing of an empty segment, even where no object is', async () => {
      expect(await get({ object: randomUUID(), position: 0, length: 0 })).toHaveLength(0)
    })

    test('fails to read past the end', async () => {
      const object = randomUUID()
      await put(object, [randomBytes(10)])
      await expect(get({ object, position: 0, length: 11 })).rejects.toThrow()
    })

    test('removes, also what is not there', async () => {
      const object = randomUUID()
      await put(object, [randomBytes(10)])
      await store.remove([object, randomUUID()])
      await expect(get({ object, position: 0, length: 10 })).rejects.toThrow()
    })

    test('takes an object up again after it was removed', async () => {
      const object = randomUUID()
      await put(object, [Buffer.from('first')])
      await store.remove([object])
      await put(object, [Buffer.from('second')])
      expect((await get({ object, position: 0, length: 6 })).toString()).toBe('second')
    })

    test('refuses names the core does not give', async () => {
      for (const object of ['../x', 'a/b', '', '.', `${randomUUID()}/..`]) {
        await expect(store.open(object)).rejects.toThrow('not the name of an object')
      }
    })

    test('lists what was written apart, and before', async () => {
      const [session, part] = [randomUUID(), randomUUID()]
      await put(session, [randomBytes(1)])
      await put(`${session}.${part}`, [randomBytes(1)])
      const all = async (before: number): Promise<string[]> => {
        const found: string[] = []
        for await (const object of store.apart(before)) found.push(object)
        return found.filter((object) => object.startsWith(session))
      }
      expect(await all(Date.now() + 60_000)).toEqual([`${session}.${part}`])
      expect(await all(Date.now() - 60_000)).toEqual([])
    })

    test('says that it works', async () => {
      await expect(store.probe()).resolves.toBeUndefined()
    })
  })
}
