import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Principal } from '#accounts'
import { createEvents, createLocker, openSQLite } from '#database'
import { type ByteStore, createSessions, PassingDigests, type Sessions } from '#sessions'
import { FileByteStore, ThreadDigests } from '#storage'

export const ALICE: Principal = { tenant: 'main', userID: 'a1', userName: 'alice', roles: ['user'] }
export const BOB: Principal = { tenant: 'main', userID: 'b2', userName: 'bob', roles: ['user'] }
export const ADMIN: Principal = { tenant: 'main', userID: 'c3', userName: 'admin', roles: ['admin'] }
export const READER: Principal = { tenant: 'main', userID: 'd4', userName: 'reader', roles: ['reader'] }

export interface TestCore {
  sessions: Sessions
  store: ByteStore
  db: Awaited<ReturnType<typeof openSQLite>>
  folder: string
  /** the clock the core goes by; set it forward to let time pass */
  clock: { time: number }
  /** A new core on the same database and files, as after a crash: nothing of the old one's memory is kept. */
  reopen(): Promise<void>
  close(): Promise<void>
  dispose(): Promise<void>
}

/** The core on a real database and real files, without HTTP. `wrap` may put faults in front of the store. */
export async function openCore(
  options: {
    maxSize?: number
    stall?: number
    wrap?: (store: ByteStore) => ByteStore
    threads?: number
  } = {},
): Promise<TestCore> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-core-'))
  const clock = { time: 0 }
  const make = async () => {
    const db = await openSQLite({ file: join(folder, 'test.db') })
    const files = new FileByteStore(join(folder, 'files'))
    const store = options.wrap?.(files) ?? files
    const passing = new PassingDigests(store)
    const digests = options.threads
      ? new ThreadDigests(join(folder, 'files'), options.threads, passing, 1)
      : passing
    const sessions = createSessions({
      db,
      digests,
      store,
      clock: { now: () => Date.now() + clock.time },
      locker: createLocker(),
      events: createEvents(),
      inspect: () => Promise.resolve(undefined),
      limits: { maxSize: options.maxSize ?? 2 ** 40, stall: options.stall ?? 60_000 },
      report: () => undefined,
    })
    const close = async (): Promise<void> => {
      if (digests instanceof ThreadDigests) await digests.close()
      await db.close()
    }
    return { db, store, sessions, close }
  }
  const core: TestCore = {
    ...(await make()),
    folder,
    clock,
    reopen: async () => {
      await core.close()
      Object.assign(core, await make())
    },
    dispose: async () => {
      await core.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return core
}
