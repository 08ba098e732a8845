import { isAdmin, type Principal } from '#accounts'
import { Refusal } from '#errors'
import type { StoredFile } from '#records'
import { authorize, closed } from './access.ts'
import type { Core } from './core.ts'
import { after } from './digests.ts'
import { prefixOf } from './layout.ts'
import type { Page, SessionQuery } from './ports.ts'
import { BEAT, IDLE, listen, yieldIfIdle } from './receive.ts'
import { type Chunk, isOpen, type Session, segmentsOf } from './session.ts'

/**
 * An upload as it is. With `nudge`, a writer that has gone silent, or whose connection broke, commits what it has
 * first, so that the offset is the last word; one that is busy is left alone.
 * @throws Refusal NOT_FOUND, also for somebody else's
 */
export async function read(core: Core, principal: Principal, id: string, nudge = false): Promise<Session> {
  const session = await authorize(core, principal, id, 'read')
  if (!nudge || !isOpen(session)) return session
  await listen(core, id)
  // Asked again and again: a holder that receives nothing may have ended, or not have begun to.
  for (let waited = 0; waited < 2 * IDLE && yieldIfIdle(core, id); waited += BEAT)
    await core.locker.nudge(id, BEAT)
  return authorize(core, principal, id, 'read')
}

export type ListRequest = Omit<SessionQuery, 'tenant' | 'owner'> & {
  /** only the caller's own, also for administrators */
  readonly mine?: boolean
}

/** The caller's uploads; an administrator's are all of the tenant. */
export function list(core: Core, principal: Principal, request: ListRequest): Promise<Page<Session>> {
  const { mine, ...query } = request
  const owner = isAdmin(principal) && mine !== true ? {} : { owner: principal.userID }
  return core.db.sessions.list({ ...query, ...owner, tenant: principal.tenant })
}

/** Stored chunks, ascending by number. */
export async function chunks(core: Core, principal: Principal, id: string): Promise<Chunk[]> {
  await authorize(core, principal, id, 'read')
  return core.db.sessions.chunks(id)
}

/** Numbers of the stored chunks, ascending, from `from` on. */
export async function chunkNumbers(
  core: Core,
  principal: Principal,
  id: string,
  from: number,
): Promise<number[]> {
  await authorize(core, principal, id, 'read')
  return core.db.sessions.chunkNumbers(id, from)
}

/** Length and SHA-256 of the contiguous bytes the server holds, so that a client can compare before it resumes. */
export async function prefix(
  core: Core,
  principal: Principal,
  id: string,
): Promise<{ length: number; sha256: string }> {
  const session = await read(core, principal, id, true)
  const segments = await prefixOf(core, session)
  const { sha256 } = await core.digests.of(session, segments)
  return { length: segments.reduce((sum, { length }) => sum + length, 0), sha256: sha256 ?? '' }
}

/**
 * The finished file.
 * @throws Refusal INCOMPLETE while it is not complete, or why it never will be
 */
export async function finished(
  core: Core,
  principal: Principal,
  id: string,
): Promise<{ session: Session; file: StoredFile }> {
  const session = await authorize(core, principal, id, 'read')
  if (session.status === 'FAILED' || session.status === 'CANCELED') throw closed(session)
  const file = session.status === 'COMPLETED' ? await core.db.files.get(id) : null
  if (file === null)
    throw new Refusal('INCOMPLETE', 'this upload is not complete yet', { received: session.received })
  return { session, file }
}

/** Bytes `from` to `to` (exclusive) of a stored file. */
export async function* bytes(core: Core, file: StoredFile, from = 0, to = file.size): AsyncGenerator<Buffer> {
  const segments =
    file.segments ?? segmentsOf({ id: file.id, segments: null, size: file.size, offset: 0 } as Session)
  let left = to - from
  for (const segment of after(segments, from)) {
    if (left <= 0) return
    const length = Math.min(segment.length, left)
    yield* core.store.read({ ...segment, length })
    left -= length
  }
}
