import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRecords, type DocumentPlan, type Records } from '#records'
import { ALICE, openCore, type TestCore } from '#testing/core.ts'
import type { Body, Target } from './index.ts'

const life = { ms: 60_000, sliding: true }
const CONTENT = { kind: 'CONTENT', slot: 'content', versions: 'keep' } as const
let core: TestCore
let records: Records

beforeAll(async () => {
  core = await openCore()
  renew()
})
afterAll(() => core.dispose())

function renew(): void {
  records = createRecords({ db: core.db, clock: { now: Date.now }, discard: core.sessions.discard })
}

function bytes(text: string, gate: Promise<void> = Promise.resolve()): Body {
  return {
    length: null,
    stop: () => undefined,
    async *[Symbol.asyncIterator]() {
      yield Buffer.from(text.slice(0, 1))
      await gate
      yield Buffer.from(text.slice(1))
    },
  }
}

async function upload(target: Target, text: string) {
  const { id } = await core.sessions.create(ALICE, {
    protocol: 'onlyoffice',
    size: text.length,
    life,
    target,
    firstChunk: 1,
  })
  return core.sessions.append(ALICE, id, { offset: null, body: bytes(text), atomic: true })
}

const plan = async (name: string, uid = randomUUID()): Promise<DocumentPlan> => {
  const folder = await records.home(ALICE, { table: 'tree', name: 'home' })
  return {
    table: 'tree',
    parent: folder.uid,
    name,
    uid,
    owner: ALICE.userID,
    createdAt: 1000,
    taken: 'separate',
  }
}

test('a document is made when its bytes are complete, and the session says where it went', async () => {
  const document = await plan('a.txt')
  const { session } = await upload({ table: null, record: null, ...CONTENT, document }, 'first')
  expect(session.target).toMatchObject({ table: 'tree', record: document.uid })
  const record = await records.get(ALICE, 'tree', document.uid ?? '')
  expect(record).toMatchObject({ kind: 'document', name: 'a.txt', createdAt: 1000, owner: ALICE.userID })
  await upload({ table: 'tree', record: record.uid, ...CONTENT }, 'second')
  const { entries } = await records.entries(ALICE, { record: record.uid, versions: 'all' })
  expect(entries.map(({ version, current, file }) => [version, current, file.size])).toEqual([
    [1, false, 5],
    [2, true, 6],
  ])
})

test('a completion that a crash cut short files the document once', async () => {
  const document = await plan('crash.txt')
  const target = { table: null, record: null, ...CONTENT, document }
  const { id } = await core.sessions.create(ALICE, { protocol: 'onlyoffice', size: 4, life, target })
  await core.sessions.append(ALICE, id, { offset: 0, body: bytes('byte'), completes: 'not-yet' })
  await core.db.write((tx) => tx.sessions.update(id, {}, { status: 'PROCESSING' }))
  await core.reopen()
  renew()
  await Promise.all([core.sessions.recover(), core.sessions.recover()])
  await core.sessions.recover()
  expect((await core.sessions.read(ALICE, id)).status).toBe('COMPLETED')
  const { total } = await core.db.records.list({
    tenant: 'main',
    table: 'tree',
    viewer: ALICE.userID,
    text: 'crash',
    limit: 9,
  })
  expect(total).toBe(1)
})

test('a folder that is gone by then fails the upload and says so', async () => {
  const document = { ...(await plan('lost.txt')), parent: randomUUID() }
  await expect(upload({ table: null, record: null, ...CONTENT, document }, 'x1')).rejects.toMatchObject({
    code: 'FAILED',
  })
})

test('a writer that does not yield is waited for, however silent it is', async () => {
  const { id } = await core.sessions.create(ALICE, { protocol: 'onlyoffice', size: 4, life, firstChunk: 1 })
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const first = core.sessions.append(ALICE, id, {
    offset: null,
    body: bytes('ab', gate),
    atomic: true,
    yields: false,
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  const second = core.sessions.append(ALICE, id, {
    offset: null,
    body: bytes('cd'),
    atomic: true,
    wait: 5000,
  })
  setTimeout(open, 900)
  expect((await first).session.received).toBe(2)
  expect((await second).session).toMatchObject({ status: 'COMPLETED', size: 4 })
})
