import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import { authorize, EXPIRED } from './access.ts'
import { collect } from './collect.ts'
import { brokenPart } from './concatenate.ts'
import type { Core } from './core.ts'
import { sweepGroups } from './drop.ts'
import { fail } from './finish.ts'
import { stopReceiving } from './receive.ts'
import { isOpen, isPending, type Session } from './session.ts'

/** Ends a session whose life is over now, without waiting for the sweep; one that is not comes back as it is. */
export async function lapse(core: Core, principal: Principal, id: string): Promise<Session> {
  const session = await authorize(core, principal, id, 'read')
  if (!isOpen(session) || session.expiresAt > core.clock.now() || isRenewing(core, session)) return session
  if (await waitsForParts(core, session)) return session
  return end(core, session)
}

/** Bytes are arriving that will renew its life. */
const isRenewing = (core: Core, { id, ttl }: Session): boolean => core.receiving.has(id) && ttl > 0

function end(core: Core, session: Session): Promise<Session> {
  stopReceiving(core, session.id, new Refusal('EXPIRED', EXPIRED))
  return fail(core, session, EXPIRED)
}

/** Ends sessions whose life is over, frees their bytes, and removes garbage that a crash left. */
export async function sweep(core: Core): Promise<number> {
  const overdue = await core.db.sessions.expired(core.clock.now(), 500)
  for (const session of overdue) {
    if (isRenewing(core, session) || (await waitsForParts(core, session))) continue
    const failed = await end(core, session)
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
