import { expect, test } from 'vitest'
import type { Session, SessionQuery } from '#sessions'
import type { Conforming, Opener } from './index.ts'
import { NOW, sampleSession } from './samples.ts'

export function describeLists(open: Opener): void {
  test('pages hold every one of 1,000 sessions of one moment once, in each order', async () => {
    const db = await open()
    const sessions = Array.from({ length: 1000 }, () => sampleSession())
    await Promise.all(sessions.map((session) => db.write((tx) => tx.sessions.insert(session))))
    const ids = sessions.map(({ id }) => id).sort()

    for (const order of ['newest', 'oldest', 'changed'] as const) {
      const found = await all(db, { tenant: 'main', order, limit: 73 })
      expect(found.map(({ id }) => id).sort()).toEqual(ids)
    }
  })

  test('each order is by its own time', async () => {
    const db = await open()
    const [first, second, third] = [1, 2, 3].map((at) =>
      sampleSession({ createdAt: NOW + at, updatedAt: NOW - at }),
    ) as [Session, Session, Session]
    for (const session of [second, first, third]) await db.write((tx) => tx.sessions.insert(session))

    expect(await all(db, { tenant: 'main', order: 'newest', limit: 1 })).toEqual([third, second, first])
    expect(await all(db, { tenant: 'main', order: 'oldest', limit: 2 })).toEqual([first, second, third])
    expect(await all(db, { tenant: 'main', order: 'changed', limit: 2 })).toEqual([third, second, first])
  })

  test('a page is of what was asked for, and of one tenant', async () => {
    const db = await open()
    const wanted = sampleSession({ status: 'UPLOADING', group: 'g', updatedAt: NOW + 5 })
    const differences: Partial<Session>[] = [
      { tenant: 'other' },
      { owner: 'bob' },
      { protocol: 'kore' },
      { status: 'COMPLETED' },
      { group: null },
      { updatedAt: NOW + 4 },
      { fileName: 'summary.pdf' },
      { fileName: null },
    ]
    const others = differences.map((difference) => ({ ...wanted, ...difference, id: sampleSession().id }))
    for (const session of [wanted, ...others]) await db.write((tx) => tx.sessions.insert(session))

    const found = await all(db, {
      tenant: 'main',
      owner: 'ada',
      protocol: 'tus',
      status: ['UPLOADING', 'FAILED'],
      group: 'g',
      changedSince: NOW + 5,
      text: 'POR',
      order: 'newest',
      limit: 10,
    })

    expect(found).toEqual([wanted])
    expect(
      await all(db, { tenant: 'main', status: ['COMPLETED', 'UPLOADING'], order: 'newest', limit: 3 }),
    ).toHaveLength(8)
    expect(await all(db, { tenant: 'main', status: [], order: 'newest', limit: 3 })).toEqual([])
  })

  test.each([
    ['ÄRGER', 'großer ärger.txt'],
    ['ПРИ', 'Привет.doc'],
    ['é', 'cafe\u0301.png'],
    ['50%_', 'Rabatt 50%_jetzt.pdf'],
    ['\\', 'C:\\temp\\x'],
    ['😀', 'a😀b'],
  ])('text %s is found in %s whatever its case, and wildcards mean nothing', async (text, fileName) => {
    const db = await open()
    const session = sampleSession({ fileName })
    await db.write((tx) => tx.sessions.insert(session))
    await db.write((tx) => tx.sessions.insert(sampleSession({ fileName: '50 percent' })))

    expect(await all(db, { tenant: 'main', text, order: 'newest', limit: 9 })).toEqual([session])
  })

  test('what lies far apart among thousands is found, page by page, in each order', async () => {
    const db = await open()
    const ids: string[] = []
    await db.write(async (tx) => {
      for (let n = 0; n < 11_000; n += 1) {
        const session = sampleSession({
          fileName: n % 2500 === 7 ? `needle ${n}` : 'hay',
          createdAt: NOW + Math.floor(n / 3),
          updatedAt: NOW - Math.floor(n / 3),
        })
        if (n % 2500 === 7) ids.push(session.id)
        await tx.sessions.insert(session)
      }
    })

    for (const [order, limit] of [
      ['newest', 1],
      ['oldest', 2],
      ['changed', 4],
      ['newest', 5],
    ] as const) {
      const found = await all(db, { tenant: 'main', owner: 'ada', text: 'NEEDLE', order, limit })
      expect(found.map(({ id }) => id)).toEqual(order === 'oldest' ? ids : ids.toReversed())
    }
    expect(await all(db, { tenant: 'main', protocol: 'kore', order: 'newest', limit: 2 })).toEqual([])
    expect(await all(db, { tenant: 'main', status: ['COMPLETED'], order: 'changed', limit: 2 })).toEqual([])
  }, 20_000)

  test('text that no name can have finds nothing, and no text everything', async () => {
    const db = await open()
    await db.write((tx) => tx.sessions.insert(sampleSession()))
    const find = (text: string) => all(db, { tenant: 'main', text, order: 'newest', limit: 9 })

    expect(await find('\0')).toEqual([])
    expect(await find('\uD800')).toEqual([])
    expect(await find('x'.repeat(1_000_000))).toEqual([])
    expect(await find('%')).toEqual([])
    expect(await find('')).toHaveLength(1)
  })

  test.each([
    ['empty', ''],
    ['a letter', 'x'],
    ['null', 'bnVsbA'],
    ['no base64url', '!!!'],
    ['NUL', '\0'],
    ['too short', Buffer.from('["newest",1]').toString('base64url')],
    ['very long', 'A'.repeat(9999)],
  ])('a cursor that no page gave is refused: %s', async (_, cursor) => {
    const db = await open()
    const page = db.sessions.list({ tenant: 'main', order: 'newest', limit: 9, cursor })
    await expect(page).rejects.toMatchObject({ code: 'INVALID', facts: { field: 'cursor' } })
  })

  test('a cursor of another order, and a limit that is no number of rows, are refused', async () => {
    const db = await open()
    for (let n = 0; n < 2; n += 1) await db.write((tx) => tx.sessions.insert(sampleSession()))
    const { nextCursor } = await db.sessions.list({ tenant: 'main', order: 'newest', limit: 1 })
    const cursor = nextCursor ?? ''

    const other = db.sessions.list({ tenant: 'main', order: 'oldest', limit: 1, cursor })
    await expect(other).rejects.toMatchObject({ code: 'INVALID' })
    for (const limit of [0, -1, 1.5, Number.NaN])
      await expect(db.sessions.list({ tenant: 'main', order: 'newest', limit })).rejects.toMatchObject({
        code: 'INVALID',
        facts: { field: 'limit' },
      })
  })
}

async function all(db: Conforming, query: SessionQuery): Promise<Session[]> {
  const found: Session[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await db.sessions.list(cursor === undefined ? query : { ...query, cursor })
    expect(page.items.length).toBeLessThanOrEqual(query.limit)
    found.push(...page.items)
    cursor = page.nextCursor
  }
  return found
}
