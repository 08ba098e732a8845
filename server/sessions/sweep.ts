import { Refusal } from '#errors'
import { EXPIRED } from './access.ts'
import { collect } from './collect.ts'
import type { Core } from './core.ts'
import { sweepGroups } from './drop.ts'
import { fail } from './finish.ts'
import { stopReceiving } from './receive.ts'

/** Ends sessions whose life is over, frees their bytes, and removes garbage that a crash left. */
export async function sweep(core: Core): Promise<number> {
  const overdue = await core.db.sessions.expired(core.clock.now(), 500)
  for (const session of overdue) {
    if (core.receiving.has(session.id) && session.ttl > 0) continue
    stopReceiving(core, session.id, new Refusal('EXPIRED', EXPIRED))
    const failed = await fail(core, session, EXPIRED)
    if (failed.chunkCount > 0) {
      await core.db.write(async (tx) => {
        await tx.sessions.removeChunks(session.id)
        await tx.sessions.update(session.id, { status: ['FAILED'] }, { chunkCount: 0 })
      })
    }
  }
  await sweepGroups(core)
  await collect(core, await core.db.files.garbage(500))
  return overdue.length
}
