import type { Principal } from '#accounts'
import { invalid, Refusal } from '#errors'
import { authorize, closed } from './access.ts'
import { finished } from './append-rules.ts'
import type { Core } from './core.ts'
import { draft, type NewSession } from './create.ts'
import { join } from './join.ts'
import { isOpen, type Session } from './session.ts'

/** Building blocks one file may have: as many as fit into a request's head, and more. */
const MOST = 10_000

/**
 * Begins an upload that is put together from partial ones, in the given order and without copying a byte. While some of
 * them are not complete it is pending: it takes no bytes of its own, and it lives and ends with them. A part may be named
 * several times, also in several files, and stays as it is.
 * @throws Refusal NOT_FOUND, INVALID (no partial upload), TOO_LARGE, FILE_DIGEST_MISMATCH, and why a part ended
 */
export async function concatenate(
  core: Core,
  principal: Principal,
  init: Omit<NewSession, 'size' | 'partial'>,
  partIDs: readonly string[],
): Promise<Session> {
  if (partIDs.length === 0 || partIDs.length > MOST)
    throw invalid('concatenation', `must name 1 to ${MOST} partial uploads`)
  const parts = new Map<string, Session>()
  for (const id of new Set(partIDs)) parts.set(id, await partOf(core, principal, id))
  const size = sizeOf(partIDs.map((id) => parts.get(id)?.size ?? null))
  const drafted = await draft(core, principal, { ...init, size, partial: false })
  const session = await core.db.write(async (tx) => {
    // Without a place of its own: what bytes it has are named by its parts.
    const pending = { ...drafted, segments: [] }
    await tx.sessions.insert(pending)
    await tx.sessions.insertParts(pending.id, partIDs)
    for (const id of parts.keys()) assertUsable(await tx.sessions.get(id), core.clock.now())
    return (await join(tx, pending, core.clock.now())) ?? pending
  })
  core.events.publish('changed', session)
  return finished(core, session)
}

async function partOf(core: Core, principal: Principal, id: string): Promise<Session> {
  const part = await authorize(core, principal, id, 'write')
  if (!part.partial) throw invalid('concatenation', `needs partial uploads, and ${id} is a whole one`)
  assertUsable(part, core.clock.now())
  return part
}

function assertUsable(part: Session | null, now: number): void {
  if (part === null) throw new Refusal('CANCELED', 'a partial upload is gone')
  const over = isOpen(part) && part.expiresAt <= now
  if (over || part.status === 'FAILED' || part.status === 'CANCELED') throw closed(part)
}

/** The sum, when every length is known. */
const sizeOf = (sizes: readonly (number | null)[]): number | null =>
  sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0)

/** The length a pending upload will have, as far as the lengths of its parts are known by now. */
export async function expectedSize(core: Core, final: Session): Promise<number | null> {
  if (final.size !== null) return final.size
  const sizes: (number | null)[] = []
  for (const id of await core.db.sessions.parts(final.id)) {
    sizes.push((await core.db.sessions.get(id))?.size ?? null)
  }
  return sizeOf(sizes)
}

/** Why a pending upload cannot become whole any more; null while it can. */
export async function brokenPart(core: Core, final: Session): Promise<Refusal | null> {
  for (const id of await core.db.sessions.parts(final.id)) {
    const part = await core.db.sessions.get(id)
    if (part === null) return new Refusal('FAILED', `the partial upload ${id} is gone`)
    if (part.status === 'FAILED' || part.status === 'CANCELED') return closed(part)
  }
  return null
}
