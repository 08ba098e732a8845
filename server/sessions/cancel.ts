import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import { authorize, closed } from './access.ts'
import { collect } from './collect.ts'
import type { Core } from './core.ts'
import { failFinals } from './finish.ts'
import { objectsOf } from './layout.ts'
import type { Tx } from './ports.ts'
import { stopReceiving } from './receive.ts'
import type { Session, Status } from './session.ts'

const ANY: readonly Status[] = ['INITIATED', 'UPLOADING', 'PROCESSING', 'COMPLETED', 'FAILED']

/**
 * Cancels an upload in any state and frees its bytes; copies made to records stay. Whoever is still sending is stopped.
 * @throws Refusal CANCELED when it was canceled before
 */
export async function cancel(core: Core, principal: Principal, id: string): Promise<Session> {
  const session = await authorize(core, principal, id, 'write')
  const canceled = await core.db.write((tx) => strike(core, tx, session))
  if (canceled === null) throw closed({ ...session, status: 'CANCELED' })
  await struck(core, canceled)
  return canceled.session
}

export interface Struck {
  readonly session: Session
  readonly garbage: string[]
}

/** Cancels inside the caller's transaction; null when it was canceled before. `struck` does the rest after the commit. */
export async function strike(core: Core, tx: Tx, { id }: Session): Promise<Struck | null> {
  const now = await tx.sessions.get(id)
  if (now === null) return null
  const objects = await objectsOf(tx.sessions, now)
  const change = { status: 'CANCELED', chunkCount: 0, updatedAt: core.clock.now() } as const
  const session = await tx.sessions.update(id, { status: ANY }, change)
  if (session === null) return null
  await tx.sessions.removeChunks(id)
  await tx.sessions.removeParts(id)
  return { session, garbage: await tx.files.release(id, objects) }
}

/** Stops whoever is still sending to a session that was struck, and removes its bytes. */
export async function struck(core: Core, canceled: Struck | null): Promise<void> {
  if (canceled === null) return
  const { session, garbage } = canceled
  stopReceiving(core, session.id, new Refusal('CANCELED', 'this upload was canceled'))
  core.digests.forget(session.id)
  core.events.publish('changed', session)
  await collect(core, garbage)
  await failFinals(core, session)
}
