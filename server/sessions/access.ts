import { assertWriter, isAdmin, type Principal } from '#accounts'
import { notFound, Refusal } from '#errors'
import type { Core } from './core.ts'
import { isOpen, isPending, type Session } from './session.ts'

/** The session if the caller may see it. Somebody else's is as absent as one that never was. */
export async function authorize(
  core: Core,
  principal: Principal,
  id: string,
  intent: 'read' | 'write',
): Promise<Session> {
  const session = await core.db.sessions.get(id)
  if (session === null || !mayTouch(principal, session)) throw notFound('upload', id)
  if (intent === 'write') assertWriter(principal)
  return session
}

export function mayTouch(principal: Principal, session: Session): boolean {
  if (principal.tenant !== session.tenant) return false
  return principal.userID === session.owner || isAdmin(principal)
}

/** Refuses unless the session still takes bytes. */
export function assertTakesBytes(session: Session, now: number): void {
  if (isPending(session)) {
    throw new Refusal('CONFLICT', 'this upload is put together from others and takes no bytes of its own')
  }
  if (isOpen(session) && session.expiresAt > now) return
  throw closed(session)
}

/** Why a session takes no more bytes. */
export function closed(session: Session): Refusal {
  switch (session.status) {
    case 'CANCELED':
      return new Refusal('CANCELED', 'this upload was canceled', { what: 'session' })
    case 'FAILED':
      if (hasLapsed(session)) return expired()
      return new Refusal('FAILED', `this upload failed: ${session.failure ?? 'unknown reason'}`, {
        failure: session.failure ?? 'unknown reason',
      })
    case 'COMPLETED':
    case 'PROCESSING':
      return new Refusal('COMPLETED', 'this upload is complete and takes no more bytes', {
        received: session.received,
      })
    case 'INITIATED':
    case 'UPLOADING':
      return expired()
  }
}

/** It failed because its life was over before it was finished. */
export const hasLapsed = ({ status, failure }: Session): boolean => status === 'FAILED' && failure === EXPIRED

export const EXPIRED = 'the upload was not finished in time'
const expired = (): Refusal => new Refusal('EXPIRED', 'this upload was not finished in time and is gone')
