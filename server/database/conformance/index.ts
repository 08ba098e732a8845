import { afterEach, describe } from 'vitest'
import type { Database } from '#sessions'
import { describeCommits } from './commit.ts'
import { describeEntries } from './entries.ts'
import { describeRecords } from './records.ts'
import { describeRelease } from './release.ts'
import { describeSessions } from './sessions.ts'

export type Conforming = Database & {
  close(): Promise<void>
  probe(): Promise<void>
}

interface Fresh extends Conforming {
  /** Opens the same data again, after `close`. */
  reopen(): Promise<Conforming>
}

/** Opens a database that nobody used before; the suite closes it. */
export type Opener = () => Promise<Fresh>

/** How an adapter opens the database that `place` names, made when it is absent. */
export interface Adapter {
  /** a new place nobody used before, removed after the test */
  place(): Promise<{ open(): Promise<Conforming>; remove(): Promise<void> }>
}

/** What every adapter of the port `Database` keeps. */
export function describeDatabase(name: string, adapter: Adapter): void {
  describe(`database ${name}`, () => {
    const ends: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end()
    })
    const open: Opener = async () => {
      const place = await adapter.place()
      ends.push(() => place.remove())
      const opened = async () => {
        const db = await place.open()
        ends.push(() => db.close())
        return db
      }
      return Object.assign(await opened(), { reopen: opened })
    }
    describe('commits', () => describeCommits(open))
    describe('sessions', () => describeSessions(open))
    describe('records', () => describeRecords(open))
    describe('entries and files', () => describeEntries(open))
    describe('release', () => describeRelease(open))
  })
}
