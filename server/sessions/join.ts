import { sharedObjects } from './layout.ts'
import type { Tx } from './ports.ts'
import { isOpen, type Segment, type Session, segmentsOf } from './session.ts'

/**
 * Puts pending uploads together whose last part is complete now: each becomes the ordered segments of its parts, by
 * reference. Part of the commit that completes the part, so that a crash cannot come between.
 * @returns those that are to be finished after the commit
 */
export async function joinAll(tx: Tx, part: string, now: number): Promise<Session[]> {
  const joined: Session[] = []
  for (const final of await tx.sessions.finalsOf(part)) {
    const session = isOpen(final) ? await join(tx, final, now) : null
    if (session !== null) joined.push(session)
  }
  return joined
}

/** Moves a pending upload to PROCESSING when all its parts are complete; null while they are not. */
export async function join(tx: Tx, final: Session, now: number): Promise<Session | null> {
  const segments: Segment[] = []
  const known = new Map<string, Session>()
  for (const id of await tx.sessions.parts(final.id)) {
    const part = known.get(id) ?? (await tx.sessions.get(id))
    if (part?.status !== 'COMPLETED') return null
    known.set(id, part)
    segments.push(...segmentsOf(part).filter(({ length }) => length > 0))
  }
  const size = segments.reduce((sum, { length }) => sum + length, 0)
  const joined = await tx.sessions.update(
    final.id,
    { status: ['INITIATED', 'UPLOADING'] },
    { status: 'PROCESSING', segments, size, offset: size, received: size, updatedAt: now },
  )
  if (joined === null) return null
  // Held from now on: a part that is canceled a moment later takes no byte of this file with it.
  await tx.files.hold(final.id, sharedObjects(final, segments))
  await tx.sessions.removeParts(final.id)
  return joined
}
