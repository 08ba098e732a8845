import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bodyFrom } from '#http'
import { ADMIN, ALICE, BOB, openCore, READER, type TestCore } from '#testing/core.ts'
import type { Session } from './session.ts'

const life = { ms: 60_000, sliding: true }
const init = { protocol: 'nuxeo', life } as const

describe('groups', () => {
  let core: TestCore
  beforeAll(async () => {
    core = await openCore()
  })
  afterAll(() => core.dispose())

  const begin = (more = {}) => core.sessions.groups.create(ALICE, { ...init, ...more })
  const chunked = (group: string, index: number, totalChunks: number) =>
    core.sessions.groups.join(ALICE, group, index, { ...init, firstChunk: 0, totalChunks })
  const put = (session: Session, number: number, text: string, more = {}) =>
    core.sessions.putChunk(ALICE, session.id, {
      number,
      body: bodyFrom(Buffer.from(text)),
      onConflict: 'keep',
      repeatable: true,
      total: 'announced',
      ...more,
    })
  const whole = async (group: string, text: string) => {
    const session = await core.sessions.groups.join(ALICE, group, null, init)
    const body = bodyFrom(Buffer.from(text))
    return (await core.sessions.append(ALICE, session.id, { offset: 0, body, completes: 'now' })).session
  }

  test('belong to their owner, to administrators, and to all of the tenant when shared', async () => {
    const { id } = await begin()
    await expect(core.sessions.groups.read(BOB, id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await core.sessions.groups.read(ADMIN, id)).id).toBe(id)
    const shared = await begin({ shared: true })
    expect((await core.sessions.groups.read(BOB, shared.id)).owner).toBe(ALICE.userID)
    await expect(core.sessions.groups.create(READER, init)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(core.sessions.groups.drop({ ...READER, userID: ALICE.userID }, id)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })

  test('one session begins at a place, however many ask for it at once', async () => {
    const { id } = await begin()
    const joined = await Promise.all(Array.from({ length: 20 }, () => chunked(id, 7, 3)))
    expect(new Set(joined.map((session) => session.id)).size).toBe(1)
    expect(await core.sessions.groups.members(ALICE, id)).toHaveLength(1)
  })

  test('what the first chunk says stands, and a number beyond it is refused', async () => {
    const { id } = await begin()
    const session = await chunked(id, 0, 5)
    const said = (totalChunks: number, size: number) => ({
      first: { totalChunks, size, fileName: `${size}` },
    })
    await expect(put(session, 9, 'x', said(2, 4))).rejects.toMatchObject({ code: 'INVALID' })
    await put(session, 1, 'cd', said(2, 100))
    await expect(put(session, 2, 'ef', said(3, 6))).rejects.toMatchObject({ code: 'INVALID' })
    const last = await put(session, 0, 'ab', said(9, 9))
    expect(last.completed).toBe(true)
    const done = await core.sessions.settled(last.session)
    expect(done).toMatchObject({ status: 'COMPLETED', size: 4, totalChunks: 2, fileName: '100' })
    expect(done.warning).toBe('100 bytes were declared, but 4 have arrived')
    expect(await core.sessions.chunkNumbers(ALICE, session.id, 1)).toEqual([1])
  })

  test('a place changes hands at once, and the bytes of the one before are freed', async () => {
    const { id } = await begin()
    const first = await core.sessions.groups.seat(ALICE, await whole(id, 'first'), 3)
    const second = await whole(id, 'second')
    expect((await core.sessions.groups.member(ALICE, id, 3))?.id).toBe(first.id)
    await core.sessions.groups.seat(ALICE, second, 3)
    expect((await core.sessions.groups.members(ALICE, id)).map((one) => one.id)).toEqual([second.id])
    expect((await core.sessions.read(ALICE, first.id)).status).toBe('CANCELED')
    await expect(
      core.store.read({ object: first.id, position: 0, length: 1 })[Symbol.asyncIterator]().next(),
    ).rejects.toThrow()
  })

  test('are dropped with all that is in them, save what a document has', async () => {
    const { id } = await begin()
    const used = await core.sessions.groups.seat(ALICE, await whole(id, 'used'), 0)
    const unused = await core.sessions.groups.seat(ALICE, await whole(id, 'unused'), 1)
    const open = await chunked(id, 2, 2)
    await put(open, 0, 'half')
    await core.db.write((tx) => tx.records.insertTable({ tenant: 'main', name: 'docs', tree: true }))
    const { file } = await core.sessions.finished(ALICE, used.id)
    const content = { file, name: 'a', contentType: null, session: used.id }
    const document = { table: 'docs', parent: null, kind: 'document', fields: {}, names: ['a', 'b'] } as const
    const slots = new Map([['main', content]])
    const record = await core.sessions.saveDocument(ALICE, { document, slots })
    expect((await core.sessions.saveDocument(ALICE, { document, slots: new Map() })).name).toBe('b')
    await core.sessions.groups.drop(ALICE, id)
    await expect(core.sessions.groups.read(ALICE, id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const statuses = [used, unused, open].map(async (one) => (await core.sessions.read(ALICE, one.id)).status)
    expect(await Promise.all(statuses)).toEqual(['COMPLETED', 'CANCELED', 'CANCELED'])
    expect((await core.sessions.read(ALICE, used.id)).target).toMatchObject({ record: record.uid })
    await expect(put(open, 1, 'rest')).rejects.toMatchObject({ code: 'CANCELED' })
    await expect(chunked(id, 5, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await core.sessions.removeDocument(ALICE, record.uid)
    expect(await core.db.records.get('main', 'docs', record.uid)).toBeNull()
  })

  test('live as long as bytes arrive in them, with all that is unfinished in them', async () => {
    const { id } = await begin()
    const [quiet, busy] = [await chunked(id, 0, 2), await chunked(id, 1, 9)]
    for (let number = 0; number < 4; number += 1) {
      core.clock.time += 40_000
      await put(busy, number, 'more')
    }
    await core.sessions.sweep()
    expect(await core.sessions.groups.members(ALICE, id)).toHaveLength(2)
    expect((await put(quiet, 0, 'still')).session.status).toBe('UPLOADING')
    core.clock.time += 61_000
    await expect(core.sessions.groups.read(ALICE, id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await core.sessions.sweep()
    expect(await core.db.groups.get(id)).toBeNull()
    expect((await core.sessions.read(ALICE, busy.id)).status).toBe('FAILED')
  })

  test('a drop that a crash cut short is finished by the sweep', async () => {
    const { id } = await begin()
    const seated = await core.sessions.groups.seat(ALICE, await whole(id, 'bytes'), 0)
    await core.db.write((tx) => tx.groups.end(id))
    await core.reopen()
    await expect(core.sessions.groups.members(ALICE, id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await core.sessions.sweep()
    expect((await core.sessions.read(ALICE, seated.id)).status).toBe('CANCELED')
    expect(await core.db.groups.get(id)).toBeNull()
  })

  test('a slot of a document is filled, changed, moved and emptied', async () => {
    const { id } = await begin()
    const content = async (text: string) => {
      const { session, file } = await core.sessions.finished(ALICE, (await whole(id, text)).id)
      return { file, name: text, contentType: null, session: session.id }
    }
    const document = {
      table: 'docs',
      parent: null,
      kind: 'document',
      fields: {},
      names: [randomUUID()],
    } as const
    const slots = new Map([
      ['0', await content('one')],
      ['1', await content('two')],
    ])
    const { uid } = await core.sessions.saveDocument(ALICE, { document, slots })
    const list = async () => (await core.db.records.entries({ tenant: 'main', record: uid })).entries
    const moved = (await list()).find(({ slot }) => slot === '1')
    if (moved === undefined) throw new Error('there is nothing in slot 1')
    const { file, name, contentType, session } = moved
    const changed = new Map([
      ['0', { file, name, contentType, session }],
      ['1', await content('three')],
    ])
    await core.sessions.saveDocument(ALICE, { document: uid, fields: { a: 1 }, slots: changed })
    expect((await list()).map(({ slot, name }) => [slot, name])).toEqual([
      ['0', 'two'],
      ['1', 'three'],
    ])
    await core.sessions.saveDocument(ALICE, { document: uid, slots: new Map([['0', null]]) })
    expect((await list()).map(({ name }) => name)).toEqual(['three'])
    expect((await core.db.records.get('main', 'docs', uid))?.fields).toEqual({ a: 1 })
  })
})
