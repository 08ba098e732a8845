import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALICE, BOB, openCore, READER, type TestCore } from '#testing/core.ts'
import { createRecords, type Records } from './index.ts'

let core: TestCore
let records: Records

beforeAll(async () => {
  core = await openCore()
  records = createRecords({ db: core.db, clock: { now: Date.now }, discard: core.sessions.discard })
})
afterAll(() => core.dispose())

const tree = { table: 'tree', name: 'My documents' }

test('everybody has one folder of their own, readers too, however many ask at once', async () => {
  const all = await Promise.all(Array.from({ length: 10 }, () => records.home(ALICE, tree)))
  expect(new Set(all.map(({ uid }) => uid)).size).toBe(1)
  expect(all[0]).toMatchObject({ kind: 'folder', owner: ALICE.userID, parent: null })
  const [bob, reader] = [await records.home(BOB, tree), await records.home(READER, tree)]
  expect(new Set([all[0]?.uid, bob.uid, reader.uid]).size).toBe(3)
  await expect(records.get(BOB, 'tree', all[0]?.uid ?? '')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('folders on the way are made once and belong to whom the top belongs', async () => {
  const top = await records.home(ALICE, tree)
  const ways = await Promise.all(
    [
      ['a', 'b'],
      ['a', 'c'],
      ['a', 'b', '..'],
      ['a', 'b'],
    ].map((way) => records.descend(ALICE, top, way)),
  )
  expect(new Set(ways.map(([first]) => first?.uid)).size).toBe(1)
  expect(ways[0]?.[1]?.uid).toBe(ways[3]?.[1]?.uid)
  expect(ways[2]?.[2]).toMatchObject({ name: '..', owner: ALICE.userID, parent: ways[0]?.[1]?.uid })
  expect(await records.descend(ALICE, top, [])).toEqual([])
})

test('nobody makes folders where they may not write', async () => {
  const top = await records.home(ALICE, tree)
  await expect(records.descend(BOB, top, ['x'])).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(records.descend(READER, top, ['x'])).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(records.descend(ALICE, top, ['ok', ' '])).rejects.toMatchObject({ code: 'INVALID' })
  const { total } = await records.list(ALICE, { table: 'tree', parent: top.uid, limit: 10, text: 'ok' })
  expect(total).toBe(0)
})
