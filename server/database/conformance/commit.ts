import { expect, test } from 'vitest'
import { Refusal } from '#errors'
import type { Opener } from './index.ts'
import { sampleSession } from './samples.ts'

/** One transaction for many writers, as if each had its own. */
export function describeCommits(open: Opener): void {
  test('a write that throws is undone alone, among many of the same moment', async () => {
    const db = await open()
    const sessions = Array.from({ length: 50 }, () => sampleSession())

    const outcomes = await Promise.allSettled(
      sessions.map((session, index) =>
        db.write(async (tx) => {
          await tx.sessions.insert(session)
          if (index % 10 === 3) throw new Refusal('CONFLICT', 'no')
          return index
        }),
      ),
    )

    const kept = await Promise.all(sessions.map(({ id }) => db.sessions.get(id)))
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(sessions.map((_, i) => i % 10 !== 3))
    expect(kept.map((session) => session !== null)).toEqual(sessions.map((_, i) => i % 10 !== 3))
  })

  test('a failing statement is undone with all else of its writer, and no other', async () => {
    const db = await open()
    const [twice, before, after] = [sampleSession(), sampleSession(), sampleSession()]

    const [first, second, third] = await Promise.allSettled([
      db.write((tx) => tx.sessions.insert(before)),
      db.write(async (tx) => {
        await tx.sessions.insert(twice)
        await tx.sessions.insert(twice)
      }),
      db.write((tx) => tx.sessions.insert(after)),
    ])

    expect([first.status, second.status, third.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await db.sessions.get(twice.id)).toBeNull()
    expect(await db.sessions.get(before.id)).toEqual(before)
    expect(await db.sessions.get(after.id)).toEqual(after)
  })

  test('a writer sees its own changes, and others see them once they are committed', async () => {
    const db = await open()
    const session = sampleSession()

    const [inside, outside] = await db.write(async (tx) => {
      await tx.sessions.insert(session)
      return [await tx.sessions.get(session.id), await db.sessions.get(session.id)]
    })

    expect(inside).toEqual(session)
    expect(outside).toBeNull()
    expect(await db.sessions.get(session.id)).toEqual(session)
  })

  test('writers that wait for something else keep their order and lose nothing', async () => {
    const db = await open()
    const session = sampleSession()
    await db.write((tx) => tx.sessions.insert(session))

    const add = (after: number) =>
      db.write(async (tx) => {
        const now = await tx.sessions.get(session.id)
        await new Promise((resolve) => setTimeout(resolve, after))
        return tx.sessions.update(session.id, {}, { chunkCount: (now?.chunkCount ?? 0) + 1 })
      })
    const counts = await Promise.all([add(5), add(0), add(3), add(0)])

    expect(counts.map((changed) => changed?.chunkCount)).toEqual([1, 2, 3, 4])
  })

  test('what was acknowledged is there when the database is opened again', async () => {
    const first = await open()
    const sessions = Array.from({ length: 20 }, () => sampleSession())
    await Promise.all(sessions.map((session) => first.write((tx) => tx.sessions.insert(session))))
    await first.close()

    const again = await first.reopen()

    for (const session of sessions) expect(await again.sessions.get(session.id)).toEqual(session)
  })

  test('a closed database refuses writes and reports that it is not ready', async () => {
    const db = await open()
    await db.probe()
    await db.close()

    await expect(db.write(async () => 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(db.probe()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
}
