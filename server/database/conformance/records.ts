import { expect, test } from 'vitest'
import type { BusinessRecord, NewRecord, RecordQuery } from '#records'
import type { Conforming, Opener } from './index.ts'
import { NOW, sampleRecord } from './samples.ts'

/** Tables, records and trees. */
export function describeRecords(open: Opener): void {
  test('tables belong to a tenant, are made once and count their records', async () => {
    const db = await open()
    const table = (name: string, tenant = 'main') => ({ tenant, name, tree: name === 'Tree' })
    const made = await db.write(async (tx) => [
      await tx.records.insertTable(table('Tree')),
      await tx.records.insertTable(table('C_Order')),
      await tx.records.insertTable(table('C_Order')),
      await tx.records.insertTable(table('C_Order', 'other')),
    ])
    await insert(db, {}, {})

    expect(made).toEqual([true, true, false, true])
    expect(await db.records.tables('main')).toEqual([
      { ...table('C_Order'), records: 2 },
      { ...table('Tree'), records: 0 },
    ])
    expect(await db.records.table('main', 'Tree')).toEqual(table('Tree'))
    for (const name of ['tree', 'x', '', '\0', '\uD800'])
      expect(await db.records.table('main', name)).toBeNull()
  })

  test('a record comes back as it went in, by integer id and by uid in either case', async () => {
    const db = await opened(open)
    const fields = { 'dc:description': 'NUL \0 lone \uD800 ünï', deep: [1, null] }
    const [record] = await insert(db, { name: 'Zoë "/\\ 😀', fields, owner: 'ada', kind: 'folder' })

    for (const key of [String(record.id), record.uid, record.uid.toUpperCase()]) {
      expect(await db.records.get('main', 'C_Order', key)).toEqual(record)
      expect(await db.records.get('main', null, key)).toEqual(record)
      expect(await db.records.get('other', null, key)).toBeNull()
      expect(await db.records.get('main', 'Other', key)).toBeNull()
    }
    for (const key of ['', '0', '-1', '1.5', '9'.repeat(30), '\0', '\uD800', 'nobody'])
      expect(await db.records.get('main', null, key)).toBeNull()
  })

  test('integer ids are unique in a tenant over all tables', async () => {
    const db = await opened(open)
    const records = await insert(db, {}, { table: 'Other' }, {}, { tenant: 'other' })

    const ids = records.filter(({ tenant }) => tenant === 'main').map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    expect(ids.every((id) => Number.isSafeInteger(id) && id > 0)).toBe(true)
  })

  test('what changes of a record is changed alone', async () => {
    const db = await opened(open)
    const [parent, record] = await insert(db, { kind: 'folder' }, { fields: { a: 1 } })
    const update = (change: Parameters<Conforming['records']['update']>[1]) =>
      db.write((tx) => tx.records.update(record.uid, change))

    await update({ name: 'Neu', updatedAt: NOW + 5 })
    await update({})
    expect(await db.records.get('main', null, record.uid)).toEqual({
      ...record,
      name: 'Neu',
      updatedAt: NOW + 5,
    })
    await update({ fields: { b: 2 }, parent: parent.uid })
    expect(await db.records.get('main', null, record.uid)).toEqual({
      ...record,
      name: 'Neu',
      updatedAt: NOW + 5,
      fields: { b: 2 },
      parent: parent.uid,
    })
    expect(await names(db, { text: 'order 1' })).toEqual(['Order 1'])
    expect(await names(db, { text: 'neu' })).toEqual(['Neu'])
  })

  test('a removed record is gone, and one with children or entries stays', async () => {
    const db = await opened(open)
    const [parent, child] = await insert(db, { kind: 'folder' })
    const [inside] = await insert(db, { parent: parent.uid })
    expect(child).toBeUndefined()

    await expect(db.write((tx) => tx.records.remove(parent.uid))).rejects.toThrow()
    await db.write(async (tx) => {
      await tx.records.remove(inside.uid)
      await tx.records.remove(parent.uid)
    })

    expect(await db.records.get('main', null, parent.uid)).toBeNull()
  })

  test('a name that cannot be kept is refused', async () => {
    const db = await opened(open)
    await expect(insert(db, { name: 'a\0' })).rejects.toMatchObject({
      code: 'INVALID',
      facts: { field: 'name' },
    })
  })

  test('a list is of one table, of what the viewer may see, and says how many there are', async () => {
    const db = await opened(open)
    await insert(
      db,
      { name: 'c' },
      { name: 'a', owner: 'ada' },
      { name: 'b', owner: 'bob' },
      { table: 'Other' },
      { tenant: 'other' },
    )
    expect(await db.records.list(query({ limit: 1 }))).toMatchObject({ records: [{ name: 'c' }], total: 2 })
    expect(await db.records.list(query({ limit: 0 }))).toMatchObject({ records: [], total: 2 })
    expect(await names(db, { offset: 1 })).toEqual(['a'])
    expect(await names(db, { viewer: 'bob' })).toEqual(['c', 'b'])
    expect(await names(db, { viewer: null })).toEqual(['c', 'a', 'b'])
  })

  test('a list is in the order asked for', async () => {
    const db = await opened(open)
    await insert(
      db,
      { name: 'b', createdAt: 1, updatedAt: 9 },
      { name: 'a', createdAt: 3, updatedAt: 8 },
      { name: 'c', createdAt: 2, updatedAt: 7 },
    )
    const by = (key: NonNullable<RecordQuery['order']>['by'], descending = false) =>
      names(db, { order: { by: key, descending } })

    expect(await by('id')).toEqual(['b', 'a', 'c'])
    expect(await by('id', true)).toEqual(['c', 'a', 'b'])
    expect(await by('name')).toEqual(['a', 'b', 'c'])
    expect(await by('createdAt', true)).toEqual(['a', 'c', 'b'])
    expect(await by('updatedAt')).toEqual(['c', 'a', 'b'])
  })

  test('records are found by text, by id, by a member and by their place in a tree', async () => {
    const db = await opened(open)
    const [top] = await insert(db, { name: 'Übersicht 100%', kind: 'folder' })
    const [inside] = await insert(db, { name: 'Innen', parent: top.uid, kind: 'document' })

    expect(await names(db, { text: 'ÜBER' })).toEqual([top.name])
    expect(await names(db, { text: '0%' })).toEqual([top.name])
    expect(await names(db, { text: '_' })).toEqual([])
    expect(await names(db, { text: String(inside.id) })).toEqual(['Innen'])
    expect(await names(db, { text: inside.uid })).toEqual(['Innen'])
    expect(await names(db, { text: '\0' })).toEqual([])
    expect(await names(db, { parent: null })).toEqual([top.name])
    expect(await names(db, { parent: top.uid })).toEqual(['Innen'])
    expect(await names(db, {})).toEqual([top.name, 'Innen'])
    expect(await names(db, { where: { field: 'name', value: 'Innen' } })).toEqual(['Innen'])
    expect(await names(db, { where: { field: 'name', value: 'innen' } })).toEqual([])
    expect(await names(db, { where: { field: 'id', value: String(top.id) } })).toEqual([top.name])
    expect(await names(db, { where: { field: 'id', value: 'x' } })).toEqual([])
    expect(await names(db, { where: { field: 'uid', value: top.uid.toUpperCase() } })).toEqual([top.name])
    expect(await names(db, { where: { field: 'parent', value: top.uid } })).toEqual(['Innen'])
    expect(await names(db, { where: { field: 'kind', value: 'folder' } })).toEqual([top.name])
    expect(await names(db, { where: { field: 'kind', value: '\0' } })).toEqual([])
  })
}

async function opened(open: Opener): Promise<Conforming> {
  const db = await open()
  await db.write(async (tx) => {
    for (const tenant of ['main', 'other'])
      for (const name of ['C_Order', 'Other']) await tx.records.insertTable({ tenant, name, tree: false })
  })
  return db
}

/** The tuple has as many members as the test takes out of it. */
const insert = (db: Conforming, ...values: Partial<NewRecord>[]) =>
  db.write(async (tx) => {
    const records: BusinessRecord[] = []
    for (const value of values) records.push(await tx.records.insert(sampleRecord(value)))
    return records as [BusinessRecord, BusinessRecord, ...BusinessRecord[]]
  })

const query = (values: Partial<RecordQuery>): RecordQuery => ({
  tenant: 'main',
  table: 'C_Order',
  viewer: 'ada',
  limit: 10,
  ...values,
})

const names = async (db: Conforming, values: Partial<RecordQuery>) =>
  (await db.records.list(query(values))).records.map(({ name }) => name)
