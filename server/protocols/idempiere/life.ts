import type { Principal } from '#accounts'
import { notFound } from '#errors'
import { hasLapsed, type Session } from '#sessions'
import type { Call } from './caller.ts'
import { isStrict, type Services } from './services.ts'
import { attributesOf, isOver } from './view.ts'

/** An upload of this protocol. @throws Refusal NOT_FOUND, also for those of other protocols */
export async function find(
  { sessions }: Pick<Services, 'sessions'>,
  caller: Principal,
  id: string,
): Promise<Session> {
  const session = await sessions.read(caller, id)
  if (session.protocol === 'idempiere') return session
  throw notFound('upload', id)
}

/** Statuses that the original turns into FAILED once a call notices that the life is over, by call. */
const FLIPS = {
  // "GET (and list) on an expired session that is INITIATED/UPLOADING or CANCELED sets it to FAILED"
  look: ['CANCELED'],
  // "a late PUT to an expired *completed* session flips it to FAILED"
  put: ['COMPLETED', 'PROCESSING'],
} as const

/**
 * The session as a call of this protocol finds it: one whose life is over ends now. "GET never changes a CANCELED one",
 * "a late PUT never changes a COMPLETED session": the original's flips are answers in strict mode only, and lose nothing.
 */
export async function look(
  services: Services,
  { caller }: Pick<Call, 'caller'>,
  id: string,
  how: keyof typeof FLIPS = 'look',
): Promise<{ session: Session; lapsedNow: boolean }> {
  const { sessions } = services
  const before = await find(services, caller, id)
  if (!isOver(before)) return { session: before, lapsedNow: false }
  const session = await sessions.lapse(caller, id)
  if (session.status === 'FAILED') return notice(services, caller, session)
  const flips = (FLIPS[how] as readonly string[]).includes(session.status)
  if (!isStrict(services) || !flips || attributesOf(session).lapsed === true)
    return { session, lapsedNow: false }
  const lapsed = await sessions.annotate(caller, id, { attributes: { lapsed: true } })
  return { session: lapsed, lapsedNow: true }
}

/** "message `Upload session has expired.` the first time" a call notices, whoever ended the session before. */
async function notice({ sessions }: Services, caller: Principal, session: Session) {
  const lapsedNow = hasLapsed(session) && attributesOf(session).noticed !== true
  if (!lapsedNow || caller.roles.every((role) => role === 'reader')) return { session, lapsedNow }
  return {
    session: await sessions.annotate(caller, session.id, { attributes: { noticed: true } }),
    lapsedNow,
  }
}
