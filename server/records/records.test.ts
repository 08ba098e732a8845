import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Principal } from '#accounts'
import { ADMIN, ALICE, BOB, openCore, READER, type TestCore } from '#testing/core.ts'
import { createRecords, type EntryKind, type Records } from './index.ts'

const ABROAD: Principal = { ...ALICE, tenant: 'other' }
const NOT_FOUND = { code: 'NOT_FOUND' }
const FORBIDDEN = { code: 'FORBIDDEN' }

describe('records', () => {
  let core: TestCore
  let records: Records
  let discarded: string[]

  beforeEach(async () => {
    core = await openCore()
    discarded = []
    const discard = async (objects: readonly string[]): Promise<void> => void discarded.push(...objects)
    records = createRecords({ db: core.db, clock: { now: Date.now }, discard })
    await records.provideTable({ tenant: 'main', name: 'C_Order', tree: false })
    await records.provideTable({ tenant: 'main', name: 'Folders', tree: true })
  })
  afterEach(() => core.dispose())

  const order = (name = 'Order') => records.create(ALICE, { table: 'C_Order', name })
  const folder = (values: { parent?: string; private?: boolean } = {}, name = 'Folder') =>
    records.create(ALICE, { table: 'Folders', kind: 'folder', name, ...values })

  /** A stored file without a session, with one entry on the record. */
  const filed = async (record: string | null, kind: EntryKind = 'ATTACHMENT', name = 'a.pdf') => {
    const file = { id: randomUUID(), tenant: 'main', size: 3, digests: { sha256: 'aa' }, segments: null }
    return core.db.write(async (tx) => {
      await tx.files.insert(file)
      const on = record === null ? null : await tx.records.get('main', null, record)
      return tx.records.insertEntry({
        uid: randomUUID(),
        tenant: 'main',
        kind,
        table: on?.table ?? null,
        record: on?.uid ?? null,
        slot: null,
        name,
        contentType: null,
        file: file.id,
        session: null,
        createdBy: 'alice',
        createdAt: 1,
        version: 1,
        current: true,
      })
    })
  }

  describe('tables', () => {
    test('an administrator makes them, once', async () => {
      expect(await records.createTable(ADMIN, { name: 'M_Lot' })).toEqual({
        tenant: 'main',
        name: 'M_Lot',
        tree: false,
      })
      await expect(records.createTable(ADMIN, { name: 'M_Lot' })).rejects.toMatchObject({ code: 'CONFLICT' })
      for (const caller of [ALICE, READER])
        await expect(records.createTable(caller, { name: 'X' })).rejects.toMatchObject(FORBIDDEN)
      for (const name of ['', ' ', 'a b', '../x', 'a/b', '.x', 'ä', 'x'.repeat(101), 'a\0'])
        await expect(records.createTable(ADMIN, { name })).rejects.toMatchObject({ code: 'INVALID' })
      expect((await records.tables(READER)).map(({ name }) => name)).toEqual(['C_Order', 'Folders', 'M_Lot'])
      expect(await records.tables(ABROAD)).toEqual([])
    })

    test('samples come into a fresh database only', async () => {
      expect(await records.sample('main')).toBe(false)
      expect(await records.sample('other')).toBe(true)
      expect(await records.sample('other')).toBe(false)

      const tables = await records.tables(ABROAD)
      expect(tables.map(({ name }) => name)).toEqual(['C_BPartner', 'C_Invoice', 'C_Order', 'M_Product'])
      expect(tables.every((table) => table.records >= 3)).toBe(true)
    })
  })

  describe('one record', () => {
    test('is made, found, listed, changed and removed', async () => {
      const made = await order('Order 1')
      await order('Order 2')

      expect(await records.get(BOB, 'C_Order', String(made.id))).toEqual(made)
      expect(await records.get(READER, null, made.uid.toUpperCase())).toEqual(made)
      expect(await records.list(READER, { table: 'C_Order', text: 'ORDER', limit: 1 })).toEqual({
        records: [made],
        total: 2,
      })
      const changed = await records.update(BOB, 'C_Order', made.uid, { name: 'New', fields: { a: 1 } })
      expect(changed).toMatchObject({ name: 'New', fields: { a: 1 }, createdBy: 'alice' })
      await records.update(BOB, null, made.uid, { fields: { b: 2 } })
      expect((await records.get(ALICE, null, made.uid)).fields).toEqual({ a: 1, b: 2 })
      await records.remove(BOB, 'C_Order', made.uid)
      await expect(records.get(ALICE, 'C_Order', made.uid)).rejects.toMatchObject(NOT_FOUND)
    })

    test('is not found in another table or tenant, and the refusal says what was missing', async () => {
      const { uid } = await order()
      const table = { code: 'NOT_FOUND', facts: { what: 'table' } }
      const record = { code: 'NOT_FOUND', facts: { what: 'record' } }

      await expect(records.get(ALICE, 'Nothing', uid)).rejects.toMatchObject(table)
      await expect(records.list(ALICE, { table: 'Nothing', limit: 1 })).rejects.toMatchObject(table)
      await expect(records.create(ALICE, { table: 'Nothing', name: 'x' })).rejects.toMatchObject(table)
      await expect(records.get(ALICE, 'Folders', uid)).rejects.toMatchObject(record)
      await expect(records.get(ABROAD, null, uid)).rejects.toMatchObject(record)
      for (const key of ['0', '', 'nobody', '\0', "' or 1=1 --"])
        await expect(records.get(ALICE, 'C_Order', key)).rejects.toMatchObject(record)
    })

    test('needs a name that can be kept', async () => {
      const { uid } = await order()
      for (const name of ['', ' \t', 'x'.repeat(1001), 'a\0', '\uD800']) {
        await expect(order(name)).rejects.toMatchObject({ code: 'INVALID', facts: { field: 'name' } })
        await expect(records.update(ALICE, null, uid, { name })).rejects.toMatchObject({ code: 'INVALID' })
      }
      expect((await records.get(ALICE, null, uid)).name).toBe('Order')
    })

    test('is read by readers, and not written', async () => {
      const { uid } = await order()
      const entry = await filed(uid)
      const writes = [
        () => records.create(READER, { table: 'C_Order', name: 'x' }),
        () => records.update(READER, null, uid, { name: 'x' }),
        () => records.remove(READER, null, uid),
        () => records.removeEntry(READER, entry.uid),
        () => records.copyEntry(READER, entry.uid, { location: 'ATTACHMENT', table: 'C_Order', record: uid }),
      ]

      for (const write of writes) await expect(write()).rejects.toMatchObject(FORBIDDEN)
      expect(await records.entry(READER, entry.uid)).toEqual(entry)
    })

    test("of somebody's own exists for nobody else, administrators included", async () => {
      const own = await folder({ private: true })
      const inside = await folder({ parent: own.uid })
      const entry = await filed(inside.uid)

      expect(inside.owner).toBe(ALICE.userID)
      expect(await records.get(ALICE, 'Folders', own.uid)).toEqual(own)
      for (const caller of [BOB, ADMIN]) {
        await expect(records.get(caller, 'Folders', own.uid)).rejects.toMatchObject(NOT_FOUND)
        await expect(records.update(caller, null, own.uid, { name: 'x' })).rejects.toMatchObject(NOT_FOUND)
        await expect(records.remove(caller, null, own.uid)).rejects.toMatchObject(NOT_FOUND)
        await expect(records.entries(caller, { record: inside.uid })).rejects.toMatchObject(NOT_FOUND)
        await expect(records.entry(caller, entry.uid)).rejects.toMatchObject(NOT_FOUND)
        await expect(records.removeEntry(caller, String(entry.id))).rejects.toMatchObject(NOT_FOUND)
        await expect(
          records.create(caller, { table: 'Folders', name: 'x', parent: own.uid }),
        ).rejects.toMatchObject(NOT_FOUND)
        expect((await records.list(caller, { table: 'Folders', limit: 9 })).total).toBe(0)
        expect((await records.entries(caller, { kind: 'ATTACHMENT' })).total).toBe(0)
      }
    })
  })

  describe('trees', () => {
    test('records lie in folders of a table that is a tree', async () => {
      const top = await folder()
      const [leaf, plain] = [
        await records.create(ALICE, { table: 'Folders', name: 'Leaf', parent: top.uid }),
        await order(),
      ]

      expect(leaf.parent).toBe(top.uid)
      const list = async (parent: string | null) =>
        (await records.list(BOB, { table: 'Folders', parent, limit: 9 })).records.map(({ name }) => name)
      expect(await list(null)).toEqual(['Folder'])
      expect(await list(top.uid)).toEqual(['Leaf'])
      const create = (table: string, parent: string) => records.create(ALICE, { table, name: 'x', parent })
      await expect(create('Folders', leaf.uid)).rejects.toMatchObject({ code: 'INVALID' })
      await expect(create('C_Order', plain.uid)).rejects.toMatchObject({ code: 'INVALID' })
      await expect(create('Folders', plain.uid)).rejects.toMatchObject(NOT_FOUND)
      await expect(create('Folders', 'nobody')).rejects.toMatchObject(NOT_FOUND)
    })

    test('a removed folder takes along all that is in it, private records of others too', async () => {
      const top = await folder()
      const middle = await folder({ parent: top.uid })
      const leaf = await folder({ parent: middle.uid, private: true })
      const entries = [await filed(top.uid), await filed(leaf.uid)]
      const shared = await filed(leaf.uid)
      const other = await order()
      await records.copyEntry(ALICE, shared.uid, { location: 'ARCHIVE', table: 'C_Order', record: other.uid })

      await records.remove(BOB, null, top.uid)

      for (const { uid } of [top, middle, leaf])
        await expect(records.get(ALICE, null, uid)).rejects.toMatchObject(NOT_FOUND)
      expect(discarded.sort()).toEqual(entries.map(({ file }) => file.id).sort())
      expect(await core.db.files.get(shared.file.id)).not.toBeNull()
    })
  })

  describe('entries', () => {
    test('are listed by record, by kind and free-standing, and counted', async () => {
      const { uid, id } = await order()
      const [attachment, archive] = [await filed(uid), await filed(uid, 'ARCHIVE')]
      const image = await filed(null, 'IMAGE')

      expect((await records.entries(READER, { table: 'C_Order', record: String(id) })).entries).toEqual([
        attachment,
        archive,
      ])
      expect((await records.entries(READER, { record: uid, kind: 'ARCHIVE' })).entries).toEqual([archive])
      expect((await records.entries(READER, { kind: 'IMAGE', limit: 5 })).entries).toEqual([image])
      expect((await records.entries(ABROAD, {})).total).toBe(0)
      expect([...(await records.countEntries([uid]))]).toEqual([[uid, 2]])
      await expect(records.entries(READER, { record: 'nobody' })).rejects.toMatchObject(NOT_FOUND)
      await expect(records.entry(ABROAD, attachment.uid)).rejects.toMatchObject(NOT_FOUND)
    })

    test('are copied by reference: an attachment replaces one of its name, an archive does not', async () => {
      const [from, to] = [await order('From'), await order('To')]
      const entry = await filed(from.uid)
      const old = await filed(to.uid)
      const copy = (location: EntryKind) =>
        records.copyEntry(BOB, String(entry.id), { location, table: 'C_Order', record: String(to.id) })

      const attached = await copy('ATTACHMENT')
      await copy('ARCHIVE')
      await copy('ARCHIVE')

      expect(attached).toMatchObject({ record: to.uid, name: 'a.pdf', createdBy: 'bob', file: entry.file })
      const { entries } = await records.entries(ALICE, { record: to.uid })
      expect(entries.map(({ kind }) => kind)).toEqual(['ATTACHMENT', 'ARCHIVE', 'ARCHIVE'])
      expect(entries.every(({ file }) => file.id === entry.file.id)).toBe(true)
      expect(discarded).toEqual([old.file.id])
    })

    test('are not copied to what is not there, and attachments not to nowhere', async () => {
      const { uid } = await order()
      const own = await folder({ private: true })
      const entry = await filed(uid)
      const copy = (location: EntryKind, table: string | null, record: string | null, caller = BOB) =>
        records.copyEntry(caller, entry.uid, { location, table, record })

      await expect(copy('ATTACHMENT', 'C_Order', 'nobody')).rejects.toMatchObject(NOT_FOUND)
      await expect(copy('ATTACHMENT', 'Nothing', uid)).rejects.toMatchObject(NOT_FOUND)
      await expect(copy('ATTACHMENT', 'Folders', own.uid)).rejects.toMatchObject(NOT_FOUND)
      await expect(copy('ATTACHMENT', null, null)).rejects.toMatchObject({ code: 'INVALID' })
      await expect(copy('ARCHIVE', 'C_Order', null)).rejects.toMatchObject({ code: 'INVALID' })
      await expect(copy('IMAGE', null, null, ABROAD)).rejects.toMatchObject(NOT_FOUND)
      expect(await copy('IMAGE', null, null)).toMatchObject({ kind: 'IMAGE', record: null })
      expect(await copy('ARCHIVE', 'Folders', own.uid, ALICE)).toMatchObject({ record: own.uid })
    })

    test('bytes are freed when the last entry goes', async () => {
      const { uid } = await order()
      const entry = await filed(uid)
      const copy = await records.copyEntry(ALICE, entry.uid, { location: 'IMAGE', table: null, record: null })

      await records.removeEntry(BOB, entry.uid)
      expect(discarded).toEqual([])
      await records.removeEntry(BOB, String(copy.id))

      expect(discarded).toEqual([entry.file.id])
      expect(await core.db.files.get(entry.file.id)).toBeNull()
      await expect(records.removeEntry(BOB, entry.uid)).rejects.toMatchObject(NOT_FOUND)
    })

    test('bytes are freed when the last entry and the session are gone, in either order', async () => {
      const { uid } = await order()
      for (const first of ['session', 'entry']) {
        discarded = []
        const { id } = await core.sessions.create(ALICE, {
          protocol: 'tus',
          size: 0,
          location: 'ATTACHMENT',
          target: { table: 'C_Order', record: uid },
          life: { ms: 60_000, sliding: true },
        })
        const empty = {
          offset: 0,
          body: { length: 0, stop: () => undefined, async *[Symbol.asyncIterator]() {} },
        }
        const { session } = await core.sessions.append(ALICE, id, empty)
        expect(session.status).toBe('COMPLETED')
        const [entry] = (await records.entries(ALICE, { record: uid })).entries
        const removeEntry = () => records.removeEntry(ALICE, entry?.uid ?? '')
        const steps = [() => core.sessions.cancel(ALICE, id).then(() => undefined), removeEntry]
        for (const step of first === 'session' ? steps : steps.reverse()) {
          expect(await core.db.files.get(id)).not.toBeNull()
          await step()
        }
        expect(await core.db.files.get(id)).toBeNull()
        expect(discarded).toEqual(first === 'session' ? [id] : [])
      }
    })
  })

  test("nobody writes a document that is somebody else's own, or into their folder", async () => {
    const own = await folder({ private: true })
    const init = { table: 'Folders', parent: own.uid, kind: 'document', names: ['a'], fields: {} } as const
    const slots = new Map()
    const document = await core.sessions.saveDocument(ALICE, { document: init, slots })

    expect(document.owner).toBe(ALICE.userID)
    for (const caller of [BOB, ADMIN])
      for (const change of [init, document.uid])
        await expect(
          core.sessions.saveDocument(caller, { document: change, fields: { a: 1 }, slots }),
        ).rejects.toMatchObject(NOT_FOUND)
    expect((await records.get(ALICE, null, document.uid)).fields).toEqual({})
  })

  test("nobody uploads or copies to a record that is somebody else's own", async () => {
    const own = await folder({ private: true })
    const target = { table: 'Folders', record: own.uid }
    const life = { ms: 60_000, sliding: true }

    for (const caller of [BOB, ADMIN])
      await expect(core.sessions.create(caller, { protocol: 'tus', target, life })).rejects.toMatchObject(
        NOT_FOUND,
      )
    expect((await core.sessions.create(ALICE, { protocol: 'tus', target, life })).target).toMatchObject(
      target,
    )
  })
})
