import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import { authorize, closed, EXPIRED } from './access.ts'
import { collect } from './collect.ts'
import type { Core } from './core.ts'
import { fail } from './finish.ts'
import { objectsOf } from './layout.ts'
import { stopReceiving } from './receive.ts'
import type { Session, Status } from './session.ts'

const ANY: readonly Status[] = ['INITIATED', 'UPLOADING', 'PROCESSING', 'COMPLETED', 'FAILED']

/**
 * Cancels an upload in any state and frees its bytes; copies made to records stay. Whoever is still sending is stopped.
 * @throws Refusal CANCELED when it was canceled before
 */
export async function cancel(core: Core, principal: Principal, id: string): Promise<Session> {
  const session = await authorize(core, principal, id, 'write')
  const objects = await objectsOf(core, session)
  const { canceled, garbage } = await core.db.write(async (tx) => {
    const canceled = await tx.sessions.update(
      id,
      { status: ANY },
      {
        status: 'CANCELED',
        chunkCount: 0,
        updatedAt: core.clock.now(),
      },
    )
    if (canceled === null) return { canceled, garbage: [] }
    await tx.sessions.removeChunks(id)
    return { canceled, garbage: await tx.files.release(id, objects) }
  })
  if (canceled === null) throw closed({ ...session, status: 'CANCELED' })
  stopReceiving(core, id, new Refusal('CANCELED', 'this upload was canceled'))
  core.digests.forget(id)
  core.events.publish('changed', canceled)
  await collect(core, garbage)
  return canceled
}

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
  await collect(core, await core.db.files.garbage(500))
  return overdue.length
}
