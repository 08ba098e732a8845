import type { Principal } from '#accounts'
import { closed } from './access.ts'
import { expectedSize } from './concatenate.ts'
import type { Core } from './core.ts'
import { finish } from './finish.ts'
import { read } from './read.ts'
import { isOpen, isPending, type Session } from './session.ts'

/**
 * An upload as it can be gone on with: a writer that went silent has committed what it had, and a completion under way
 * is over.
 * @throws Refusal NOT_FOUND, and why it ended without a file: CANCELED, FAILED, EXPIRED
 */
export async function current(core: Core, principal: Principal, id: string): Promise<Session> {
  const session = await finish(core, await read(core, principal, id, true))
  if (session.status === 'COMPLETED') return session
  if (isPending(session)) return { ...session, size: await expectedSize(core, session) }
  if (isOpen(session) && session.expiresAt > core.clock.now()) return session
  throw closed(session)
}
