import { describe, expect, test } from 'vitest'
import type { Session } from '#sessions'
import type { Conforming, Opener } from './index.ts'
import { describeLists } from './lists.ts'
import { NOW, sampleChunk, sampleSession } from './samples.ts'

const LARGEST = Number.MAX_SAFE_INTEGER

/** Every member with a value, the largest sizes there are and text that is hard on databases. */
const full = (): Session =>
  sampleSession({
    fileName: 'Ünïcödé 文件 ‮gpj.exe"\\\'%_\n\t/../😀.pdf',
    size: LARGEST,
    chunkSize: LARGEST,
    declared: { sha256: 'aa', md5: 'bb' },
    computed: { sha512: 'cc' },
    wanted: ['md5', 'sha512'],
    location: 'IMAGE',
    target: { table: null, record: null, kind: 'IMAGE', slot: 'slot', versions: 'keep' },
    group: 'batch',
    groupIndex: 7,
    status: 'UPLOADING',
    failure: 'why it failed',
    warning: 'remark',
    offset: LARGEST,
    received: LARGEST,
    firstChunk: 1,
    chunkCount: LARGEST,
    nextChunk: LARGEST,
    stride: LARGEST,
    totalChunks: 2147483647,
    partial: true,
    segments: [{ object: 'a', position: LARGEST, length: LARGEST }],
    attributes: { text: 'NUL \0 lone \uD800', deep: { list: [1, null, false] } },
    updatedAt: NOW + 1,
    ttl: LARGEST,
    completedAt: NOW + 2,
  })

export function describeSessions(open: Opener): void {
  test('the parts of an upload keep their order, one named several times included', async () => {
    const db = await open()
    const [final, other, a, b] = [sampleSession(), sampleSession(), sampleSession(), sampleSession()]
    await db.write(async (tx) => {
      for (const session of [final, other, a, b]) await tx.sessions.insert(session)
      await tx.sessions.insertParts(final.id, [b.id, a.id, b.id])
      await tx.sessions.insertParts(other.id, [a.id])
    })

    expect(await db.sessions.parts(final.id)).toEqual([b.id, a.id, b.id])
    expect(await db.sessions.finalsOf(b.id)).toEqual([final])
    expect((await db.sessions.finalsOf(a.id)).map(({ id }) => id).sort()).toEqual([final.id, other.id].sort())
    await db.write((tx) => tx.sessions.removeParts(final.id))
    expect(await db.sessions.parts(final.id)).toEqual([])
    expect(await db.sessions.finalsOf(a.id)).toEqual([other])
  })

  test('a session comes back as it went in, sizes up to 2^53-1 included', async () => {
    const db = await open()
    const sessions = [
      sampleSession(),
      full(),
      sampleSession({ fileName: null, contentType: null, size: null }),
    ]

    for (const session of sessions) await db.write((tx) => tx.sessions.insert(session))

    for (const session of sessions) expect(await db.sessions.get(session.id)).toEqual(session)
  })

  test('every member that may change is changed, and nothing else', async () => {
    const db = await open()
    const session = sampleSession()
    const { id, tenant, owner, ownerName, protocol, createdAt, firstChunk, partial, ...change } = full()
    await db.write((tx) => tx.sessions.insert(session))

    const changed = await db.write((tx) => tx.sessions.update(session.id, {}, change))

    expect(changed).toEqual({ ...session, ...change })
    expect(await db.sessions.get(session.id)).toEqual(changed)
  })

  test('names that no database keeps as they are are refused, and an id with such is unknown', async () => {
    const db = await open()
    for (const fileName of ['a\0b', 'lone \uD800', '\uDC00']) {
      const insert = db.write((tx) => tx.sessions.insert(sampleSession({ fileName })))
      await expect(insert).rejects.toMatchObject({ code: 'INVALID', facts: { field: 'file name' } })
    }
    for (const size of [1.5, 2 ** 53, Number.NaN])
      await expect(db.write((tx) => tx.sessions.insert(sampleSession({ size })))).rejects.toMatchObject({
        code: 'INVALID',
      })

    for (const id of ['\0', 'x\uD800', '', "' or 1=1 --"]) expect(await db.sessions.get(id)).toBeNull()
  })

  test('an id is taken once', async () => {
    const db = await open()
    const session = sampleSession()
    await db.write((tx) => tx.sessions.insert(session))

    const again = db.write((tx) => tx.sessions.insert({ ...session, fileName: 'other' }))

    await expect(again).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await db.sessions.get(session.id)).toEqual(session)
  })

  test('of a hundred who move the same offset, one wins', async () => {
    const db = await open()
    const session = sampleSession({ status: 'UPLOADING' })
    await db.write((tx) => tx.sessions.insert(session))

    const moved = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        db.write((tx) =>
          tx.sessions.update(session.id, { status: ['UPLOADING'], offset: 0 }, { offset: index + 1 }),
        ),
      ),
    )

    const winners = moved.filter((one) => one !== null)
    expect(winners).toHaveLength(1)
    expect(await db.sessions.get(session.id)).toEqual(winners[0])
  })

  test('a change happens only in the expected state', async () => {
    const db = await open()
    const session = sampleSession({ status: 'COMPLETED', offset: 5 })
    await db.write((tx) => tx.sessions.insert(session))
    const update = (id: string, expected: Parameters<typeof change>[1]) => change(db, expected, id)

    expect(await update(session.id, { status: ['INITIATED', 'UPLOADING'] })).toBeNull()
    expect(await update(session.id, { status: [] })).toBeNull()
    expect(await update(session.id, { offset: 4 })).toBeNull()
    expect(await update('nobody', {})).toBeNull()
    expect(await db.sessions.get(session.id)).toEqual(session)
    expect(await update(session.id, { status: ['FAILED', 'COMPLETED'], offset: 5 })).toMatchObject({
      warning: 'changed',
    })
  })

  test('an empty change answers the session', async () => {
    const db = await open()
    const session = sampleSession()
    await db.write((tx) => tx.sessions.insert(session))

    expect(await db.write((tx) => tx.sessions.update(session.id, {}, {}))).toEqual(session)
  })

  test('open sessions past their life, and those in PROCESSING, are found', async () => {
    const db = await open()
    const late = sampleSession({ expiresAt: NOW - 2, status: 'UPLOADING' })
    const later = sampleSession({ expiresAt: NOW - 1 })
    const processing = sampleSession({ expiresAt: NOW - 3, status: 'PROCESSING' })
    const others = [
      sampleSession({ expiresAt: NOW + 1 }),
      sampleSession({ expiresAt: NOW - 9, status: 'FAILED' }),
    ]
    for (const session of [later, late, processing, ...others])
      await db.write((tx) => tx.sessions.insert(session))

    expect(await db.sessions.expired(NOW, 10)).toEqual([late, later])
    expect(await db.sessions.expired(NOW, 1)).toEqual([late])
    expect(await db.sessions.processing()).toEqual([processing])
  })

  test('sessions are counted by protocol and status', async () => {
    const db = await open()
    const sessions = [
      sampleSession({}),
      sampleSession({}),
      sampleSession({ status: 'FAILED' }),
      sampleSession({ protocol: 'kore' }),
    ]
    for (const session of sessions) await db.write((tx) => tx.sessions.insert(session))

    const counts = await db.sessions.counts()

    expect(counts).toHaveLength(3)
    expect(counts).toContainEqual({ protocol: 'tus', status: 'INITIATED', count: 2 })
    expect(counts).toContainEqual({ protocol: 'tus', status: 'FAILED', count: 1 })
    expect(counts).toContainEqual({ protocol: 'kore', status: 'INITIATED', count: 1 })
  })

  describe('lists', () => describeLists(open))
  describe('the chunk ledger', () => ledger(open))
}

const change = (db: Conforming, expected: { status?: Session['status'][]; offset?: number }, id: string) =>
  db.write((tx) => tx.sessions.update(id, expected, { warning: 'changed' }))

function ledger(open: Opener): void {
  test('chunks are kept by number, the newest of a number stands, and they go together', async () => {
    const db = await open()
    const [session, other] = [sampleSession(), sampleSession()]
    const chunks = [2147483647, 10, 2, 1].map((number) =>
      sampleChunk(number, { size: LARGEST, position: LARGEST }),
    )
    const newer = sampleChunk(2, { object: 'newer', sha256: 'cd'.repeat(32), size: 0, position: 0 })
    await db.write(async (tx) => {
      await tx.sessions.insert(session)
      await tx.sessions.insert(other)
      for (const chunk of chunks) await tx.sessions.putChunk(session.id, chunk)
      await tx.sessions.putChunk(other.id, sampleChunk(1))
      await tx.sessions.putChunk(session.id, newer)
    })

    expect((await db.sessions.chunks(session.id)).map(({ number }) => number)).toEqual([1, 2, 10, 2147483647])
    expect(await db.sessions.chunk(session.id, 2)).toEqual(newer)
    expect(await db.sessions.chunk(session.id, 10)).toEqual(chunks[1])
    expect(await db.sessions.chunk(session.id, 3)).toBeNull()
    expect(await db.sessions.chunk('nobody', 1)).toBeNull()

    await db.write((tx) => tx.sessions.removeChunks(session.id))

    expect(await db.sessions.chunks(session.id)).toEqual([])
    expect(await db.sessions.chunks(other.id)).toEqual([sampleChunk(1)])
  })
}
