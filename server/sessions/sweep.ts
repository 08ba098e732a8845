import { Refusal } from '#errors'
import { EXPIRED } from './access.ts'
import { collect } from './collect.ts'
import { brokenPart } from './concatenate.ts'
import type { Core } from './core.ts'
import { sweepGroups } from './drop.ts'
import { fail } from './finish.ts'
import { stopReceiving } from './receive.ts'
import { isPending, type Session } from './session.ts'

/** Ends sessions whose life is over, frees their bytes, and removes garbage that a crash left. */
export async function sweep(core: Core): Promise<number> {
  const overdue = await core.db.sessions.expired(core.clock.now(), 500)
  for (const session of overdue) {
    if (core.receiving.has(session.id) && session.ttl > 0) continue
    if (await waitsForParts(core, session)) continue
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

/** A pending upload lives as long as the parts it waits for. */
async function waitsForParts(core: Core, session: Session): Promise<boolean> {
  if (!isPending(session) || (await brokenPart(core, session)) !== null) return false
  const expiresAt = core.clock.now() + Math.max(session.ttl, core.limits.stall)
  await core.db.write((tx) => tx.sessions.update(session.id, {}, { expiresAt }))
  return true
}
