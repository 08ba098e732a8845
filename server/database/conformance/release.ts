import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Status } from '#sessions'
import type { Conforming, Opener } from './index.ts'
import { sampleEntry, sampleFile, sampleSession } from './samples.ts'

/** When bytes become garbage. */
export function describeRelease(open: Opener): void {
  const cases: [Status | null, entries: number, held: boolean, garbage: boolean, file: boolean][] = [
    ['INITIATED', 0, false, false, true],
    ['UPLOADING', 0, false, false, true],
    ['PROCESSING', 0, false, false, true],
    ['COMPLETED', 0, false, false, true],
    ['COMPLETED', 1, true, false, true],
    ['CANCELED', 0, false, true, false],
    ['FAILED', 0, false, true, false],
    [null, 0, false, true, false],
    ['CANCELED', 1, false, false, true],
    [null, 2, false, false, true],
    ['CANCELED', 0, true, false, true],
    [null, 0, true, false, true],
  ]
  test.each(cases)(
    'session %s, %i entries, held by another: %s -> garbage %s, file kept %s',
    async (status, entries, held, garbage, kept) => {
      const db = await open()
      const file = sampleFile()
      await db.write(async (tx) => {
        if (status !== null) await tx.sessions.insert(sampleSession({ id: file.id, status }))
        await tx.files.insert(file)
        if (held) await tx.files.hold('another', [file.id])
        for (let n = 0; n < entries; n += 1) await tx.records.insertEntry(sampleEntry(file.id))
      })

      const released = await db.write((tx) => tx.files.release(file.id, [file.id]))

      expect(released).toEqual(garbage ? [file.id] : [])
      expect(await db.files.garbage(9)).toEqual(released)
      expect(await db.files.get(file.id)).toEqual(kept ? file : null)
    },
  )

  test('an object that another file holds goes with that file', async () => {
    const db = await open()
    const { part, whole } = await concatenated(db)
    const cancel = (id: string, objects: string[]) =>
      db.write(async (tx) => {
        await tx.sessions.update(id, {}, { status: 'CANCELED' })
        return (await tx.files.release(id, objects)).sort()
      })

    expect(await cancel(part, [part, `${part}.apart`])).toEqual([`${part}.apart`])
    expect(await db.files.get(part)).not.toBeNull()
    expect(await cancel(whole, [whole, part])).toEqual([part, whole].sort())
    expect(await db.files.get(part)).toBeNull()
    expect(await db.files.get(whole)).toBeNull()
  })

  test('a file on a record keeps what it reads when its session is canceled', async () => {
    const db = await open()
    const { part, whole } = await concatenated(db)
    const entry = await db.write((tx) => tx.records.insertEntry(sampleEntry(whole)))
    const released = await db.write(async (tx) => {
      for (const id of [part, whole]) await tx.sessions.update(id, {}, { status: 'CANCELED' })
      return [...(await tx.files.release(part, [part])), ...(await tx.files.release(whole, [whole, part]))]
    })
    expect(released).toEqual([])

    const last = await db.write(async (tx) => {
      await tx.records.removeEntry(entry.uid)
      return tx.files.release(whole, [part])
    })

    expect(last).toEqual([part])
  })

  test('a file that goes lets go of what it still held, and so on down the line', async () => {
    const db = await open()
    const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()]
    const cancel = (id: string, objects: string[]) =>
      db.write(async (tx) => {
        await tx.sessions.update(id, {}, { status: 'CANCELED' })
        return (await tx.files.release(id, objects)).sort()
      })
    await db.write(async (tx) => {
      for (const id of [first, second, third]) {
        await tx.sessions.insert(sampleSession({ id, status: 'COMPLETED' }))
        await tx.files.insert(sampleFile({ id }))
      }
      await tx.files.hold(second, [first])
      await tx.files.hold(third, [second])
    })

    expect(await cancel(first, [first])).toEqual([])
    expect(await cancel(second, [second])).toEqual([])
    expect(await cancel(third, [third, second])).toEqual([first, second, third].sort())
    for (const id of [first, second, third]) expect(await db.files.get(id)).toBeNull()
  })

  test('a session of thousands of chunks lets go of all its objects', async () => {
    const db = await open()
    const id = randomUUID()
    const objects = [id, ...Array.from({ length: 3000 }, (_, index) => `${id}.${index}`)]

    const released = await db.write((tx) => tx.files.release(id, objects))

    expect(released.sort()).toEqual(objects.sort())
  })

  test('whatever happens in whatever order, exactly what nobody can read is garbage', async () => {
    const db = await open()
    const file = fc.nat(3)
    const step = fc.oneof(
      fc.record({ do: fc.constant('cancel' as const), file, let: fc.array(fc.boolean(), { minLength: 2 }) }),
      fc.record({ do: fc.constant('attach' as const), file }),
      fc.record({ do: fc.constant('detach' as const), file, let: fc.array(fc.boolean(), { minLength: 2 }) }),
      fc.record({ do: fc.constant('hold' as const), file, other: file, apart: fc.boolean() }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const model = new Model()
        await db.write(async (tx) => {
          await tx.files.forgetGarbage(await tx.files.garbage(1000))
          for (const id of model.ids) await tx.sessions.insert(sampleSession({ id, status: 'COMPLETED' }))
          for (const id of model.ids) await tx.files.insert(sampleFile({ id }))
        })
        for (const one of steps) await take(db, model, one)
        expect((await db.files.garbage(1000)).sort()).toEqual(model.garbage().sort())
        for (const id of model.ids) expect((await db.files.get(id)) !== null).toBe(model.files.has(id))
      }),
      { numRuns: 150 },
    )
  }, 30_000)
}

type Step =
  | { do: 'cancel' | 'detach'; file: number; let: boolean[] }
  | { do: 'attach'; file: number }
  | { do: 'hold'; file: number; other: number; apart: boolean }

async function take(db: Conforming, model: Model, step: Step): Promise<void> {
  const id = model.ids[step.file] as string
  switch (step.do) {
    case 'attach': {
      if (!model.alive(id)) return
      const entry = await db.write((tx) => tx.records.insertEntry(sampleEntry(id)))
      model.entries.push({ uid: entry.uid, file: id })
      return
    }
    case 'hold': {
      const other = model.ids[step.other] as string
      if (other === id || !model.alive(id) || !model.alive(other)) return
      const object = step.apart ? `${other}.apart` : other
      await db.write((tx) => tx.files.hold(id, [object]))
      model.hold(object, id)
      return
    }
    case 'cancel':
    case 'detach': {
      const entry = model.entries.find((one) => one.file === id)
      if (step.do === 'detach' && entry === undefined) return
      // Its own objects always; of those it holds, some may be left to be found when the file itself goes.
      const held = model.heldBy(id).filter((_, index) => step.let[index] !== false)
      const objects = [id, `${id}.apart`, ...held]
      await db.write(async (tx) => {
        if (step.do === 'cancel') await tx.sessions.update(id, {}, { status: 'CANCELED' })
        else await tx.records.removeEntry(entry?.uid ?? '')
        await tx.files.release(id, objects)
      })
      if (step.do === 'cancel') model.sessions.delete(id)
      else model.entries = model.entries.filter((one) => one !== entry)
      model.release(id, objects)
    }
  }
}

/** The rules once more, by looking at everything every time. */
class Model {
  readonly ids: string[] = Array.from({ length: 4 }, () => randomUUID())
  readonly sessions = new Set(this.ids)
  readonly files = new Set(this.ids)
  entries: { uid: string; file: string }[] = []
  holds: { object: string; holder: string }[] = []

  alive(id: string): boolean {
    return this.sessions.has(id) || this.entries.some(({ file }) => file === id)
  }

  hold(object: string, holder: string): void {
    this.holds.push({ object, holder })
  }

  heldBy(id: string): string[] {
    return [...new Set(this.holds.filter(({ holder }) => holder === id).map(({ object }) => object))]
  }

  release(id: string, objects: string[]): void {
    if (this.alive(id)) return
    this.holds = this.holds.filter(({ object, holder }) => holder !== id || !objects.includes(object))
    for (let before = -1; before !== this.files.size; ) {
      before = this.files.size
      for (const file of this.ids) {
        if (this.alive(file) || this.holds.some(({ object }) => object.startsWith(file))) continue
        this.files.delete(file)
        this.holds = this.holds.filter(({ holder }) => holder !== file)
      }
    }
  }

  garbage(): string[] {
    const dead = this.ids.filter((id) => !this.alive(id))
    return dead
      .flatMap((id) => [id, `${id}.apart`])
      .filter((object) => !this.holds.some((hold) => hold.object === object))
  }
}

/** `whole` reads from the main object of `part`, which has another one that nobody reads. */
async function concatenated(db: Conforming): Promise<{ part: string; whole: string }> {
  const [part, whole] = [randomUUID(), randomUUID()]
  await db.write(async (tx) => {
    for (const id of [part, whole]) {
      await tx.sessions.insert(sampleSession({ id, status: 'COMPLETED' }))
      await tx.files.insert(sampleFile({ id }))
    }
    await tx.files.hold(whole, [part])
  })
  return { part, whole }
}
