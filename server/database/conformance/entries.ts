import { expect, test } from 'vitest'
import type { BusinessRecord, Entry, EntryQuery, NewEntry, StoredFile } from '#records'
import type { Conforming, Opener } from './index.ts'
import { sampleEntry, sampleFile, sampleRecord } from './samples.ts'

const LARGEST = Number.MAX_SAFE_INTEGER

/** Stored files and the entries that show them. */
export function describeEntries(open: Opener): void {
  test('a stored file comes back as it went in', async () => {
    const db = await open()
    const segments = [{ object: 'a', position: LARGEST, length: LARGEST }]
    const files = [sampleFile(), sampleFile({ size: LARGEST, segments, digests: { sha256: 'a', md5: 'b' } })]
    await db.write(async (tx) => {
      for (const file of files) await tx.files.insert(file)
    })

    for (const file of files) expect(await db.files.get(file.id)).toEqual(file)
    for (const id of ['nobody', '', '\0', '\uD800']) expect(await db.files.get(id)).toBeNull()
  })

  test('an entry comes back with its file, by integer id and by uid', async () => {
    const { db, file, record } = await prepared(open)
    const values = sampleEntry(file.id, {
      table: record.table,
      record: record.uid,
      slot: 'file:content',
      name: 'Zoë "/\\ 😀.pdf',
      contentType: null,
      session: file.id,
      version: 3,
      current: false,
    })
    const entry = await insert(db, values)

    expect(entry).toEqual({ ...values, id: entry.id, file })
    for (const key of [String(entry.id), entry.uid, entry.uid.toUpperCase()]) {
      expect(await db.records.entry('main', key)).toEqual(entry)
      expect(await db.records.entry('other', key)).toBeNull()
    }
    for (const key of ['', '\0', '0', String(record.id)])
      expect(await db.records.entry('main', key)).toBeNull()
  })

  test('there is no entry of a file that is gone, and none with a name that cannot be kept', async () => {
    const { db, file } = await prepared(open)

    await expect(insert(db, sampleEntry('gone'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      facts: { what: 'file' },
    })
    await expect(insert(db, sampleEntry(file.id, { name: '\uDFFF' }))).rejects.toMatchObject({
      code: 'INVALID',
    })
  })

  test('what changes of an entry is changed alone, and a removed one is gone', async () => {
    const { db, file } = await prepared(open)
    const [entry, other] = [await insert(db, sampleEntry(file.id)), await insert(db, sampleEntry(file.id))]

    await db.write((tx) => tx.records.updateEntry(entry.uid, { current: false, name: 'new', slot: 's' }))
    await db.write((tx) => tx.records.updateEntry(entry.uid, {}))
    await db.write((tx) => tx.records.removeEntry(other.uid))

    const changed = { ...entry, current: false, name: 'new', slot: 's' }
    expect(await db.records.entry('main', entry.uid)).toEqual(changed)
    expect(await db.records.entry('main', other.uid)).toBeNull()
  })

  test('a list is of what was asked for, and says how many there are', async () => {
    const { db, file, record } = await prepared(open)
    const on = { table: record.table, record: record.uid }
    for (const values of [
      { ...on, name: 'a' },
      { ...on, name: 'b', kind: 'ARCHIVE' as const, session: 'x' },
      { ...on, name: 'c', slot: 's' },
      { ...on, name: 'old', current: false },
      { name: 'free', kind: 'IMAGE' as const },
      { name: 'foreign', tenant: 'other' },
    ])
      await insert(db, sampleEntry(file.id, values))
    const names = async (query: Partial<EntryQuery>) =>
      (await db.records.entries({ tenant: 'main', ...query })).entries.map(({ name }) => name)

    expect(await names({})).toEqual(['a', 'b', 'c', 'free'])
    expect(await names({ versions: 'all' })).toEqual(['a', 'b', 'c', 'old', 'free'])
    expect(await names({ record: record.uid })).toEqual(['a', 'b', 'c'])
    expect(await names({ table: record.table })).toEqual(['a', 'b', 'c'])
    expect(await names({ table: null })).toEqual(['free'])
    expect(await names({ kind: 'ATTACHMENT' })).toEqual(['a', 'c'])
    expect(await names({ name: 'b' })).toEqual(['b'])
    expect(await names({ name: 'B' })).toEqual([])
    expect(await names({ slot: 's' })).toEqual(['c'])
    expect(await names({ session: 'x' })).toEqual(['b'])
    expect(await names({ offset: 2 })).toEqual(['c', 'free'])
    expect(await names({ name: '\0' })).toEqual([])
    expect(await db.records.entries({ tenant: 'main', limit: 1, offset: 1 })).toMatchObject({
      entries: [{ name: 'b' }],
      total: 4,
    })
    expect(await db.records.entries({ tenant: 'main' })).toMatchObject({ total: 4 })
  })

  test("entries on a record that is somebody else's own are left out for a viewer", async () => {
    const { db, file, record } = await prepared(open)
    const own = await db.write((tx) => tx.records.insert(sampleRecord({ owner: 'ada' })))
    for (const on of [record, own, null])
      await insert(db, sampleEntry(file.id, { table: on?.table ?? null, record: on?.uid ?? null }))
    const totals = async (query: Partial<EntryQuery>) =>
      (await db.records.entries({ tenant: 'main', limit: 9, ...query })).total

    expect(await totals({})).toBe(3)
    expect(await totals({ viewer: 'ada' })).toBe(3)
    expect(await totals({ viewer: 'bob' })).toBe(2)
    expect(await totals({ viewer: 'bob', table: record.table })).toBe(1)
  })

  test('current entries are counted by record, for any number of records', async () => {
    const { db, file, record } = await prepared(open)
    const on = { table: record.table, record: record.uid }
    for (const current of [true, true, false]) await insert(db, sampleEntry(file.id, { ...on, current }))
    const others = Array.from({ length: 1500 }, (_, index) => `nobody ${index}`)

    expect([...(await db.records.countEntries([...others, record.uid]))]).toEqual([[record.uid, 2]])
    expect([...(await db.records.countEntries([]))]).toEqual([])
  })

  test('garbage is noted once, listed and forgotten, in any number', async () => {
    const db = await open()
    const objects = Array.from({ length: 1200 }, (_, index) => `object.${index}`)
    await db.write((tx) => tx.files.discard([...objects, ...objects.slice(0, 5)]))
    await db.write((tx) => tx.files.discard(['object.0']))
    await db.write((tx) => tx.files.discard([]))

    expect((await db.files.garbage(5000)).sort()).toEqual(objects.sort())
    expect(await db.files.garbage(7)).toHaveLength(7)
    await db.write((tx) => tx.files.forgetGarbage(objects.slice(1)))
    expect(await db.files.garbage(9)).toEqual([objects[0]])
  })
}

interface Prepared {
  db: Conforming
  file: StoredFile
  record: BusinessRecord
}

async function prepared(open: Opener): Promise<Prepared> {
  const db = await open()
  return db.write(async (tx) => {
    const file = sampleFile()
    await tx.files.insert(file)
    await tx.records.insertTable({ tenant: 'main', name: 'C_Order', tree: false })
    return { db, file, record: await tx.records.insert(sampleRecord()) }
  })
}

const insert = (db: Conforming, entry: NewEntry): Promise<Entry> =>
  db.write((tx) => tx.records.insertEntry(entry))
