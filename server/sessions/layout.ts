import { randomUUID } from 'node:crypto'
import type { Core } from './core.ts'
import type { SessionRepository } from './ports.ts'
import type { Chunk, Segment, Session } from './session.ts'

/** Where the bytes of a chunk go: inside the session's main object when their place is known, else on their own. */
export interface Place {
  readonly object: string
  readonly position: number
  release(): void
}

/** An object of its own, named after the session so that its owner is known. */
export const apart = (session: Session): Place => ({
  object: `${session.id}.${randomUUID()}`,
  position: 0,
  release: () => undefined,
})

/**
 * Chunk `n` lies `n - first` strides into the main object, so that equal chunks in any order make one file without a
 * second copy. Not when it is longer than the stride or would end where no file can, and not when that place is taken: by
 * a stored chunk, whose acknowledged bytes must stay until their replacement is whole, or by another request on its way.
 */
export async function placeOf(
  core: Core,
  session: Session,
  number: number,
  length: number | null,
): Promise<Place> {
  const { stride, firstChunk } = session
  if (stride === null || firstChunk === null || length === null || length > stride) return apart(session)
  const position = (number - firstChunk) * stride
  if (position + length > core.limits.maxSize) return apart(session)
  const lease = core.locker.tryAcquire(`${session.id}#${number}`)
  if (lease === null) return apart(session)
  // Asked under the lease: a chunk that another request stores there is stored before that one lets go.
  if ((await core.db.sessions.chunk(session.id, number)) === null)
    return { object: session.id, position, release: () => lease.release() }
  lease.release()
  return apart(session)
}

/** The stored chunks as runs of bytes in file order; neighbours in one object become one run. */
function runs(chunks: readonly Chunk[]): Segment[] {
  const out: Segment[] = []
  for (const { object, position, size } of chunks) {
    const last = out.at(-1)
    if (size === 0) continue
    if (last?.object === object && last.position + last.length === position) last.length += size
    else out.push({ object, position, length: size })
  }
  return out
}

/** Every object a session may have written to. */
export async function objectsOf(sessions: SessionRepository, session: Session): Promise<string[]> {
  const chunks = session.firstChunk === null ? [] : await sessions.chunks(session.id)
  const named = [...chunks, ...(session.segments ?? [])].map(({ object }) => object)
  return [...new Set([session.id, ...named])]
}

/** `objects`, and those it came to be made of meanwhile. */
export const withSegments = (objects: readonly string[], { segments }: Session): string[] => [
  ...new Set([...objects, ...(segments ?? []).map(({ object }) => object)]),
]

/** The contiguous bytes from 0 on. */
export async function prefixOf(core: Core, session: Session): Promise<Segment[]> {
  if (session.segments !== null) return [...session.segments]
  const length = session.offset
  if (session.firstChunk === null) return length === 0 ? [] : [{ object: session.id, position: 0, length }]
  const first = session.firstChunk
  const chunks = await core.db.sessions.chunks(session.id)
  return runs(chunks.filter((chunk, index) => chunk.number === first + index))
}

/** The whole file of a session that has all its bytes. Gaps in the numbering are no gaps in the file. */
export async function layoutOf(core: Core, session: Session): Promise<Segment[]> {
  if (session.segments !== null) return [...session.segments]
  if (session.firstChunk !== null) return runs(await core.db.sessions.chunks(session.id))
  return session.offset === 0 ? [] : [{ object: session.id, position: 0, length: session.offset }]
}

/** Objects that other sessions brought (concatenation). */
export const sharedObjects = (session: Session, segments: readonly Segment[]): string[] => [
  ...new Set(segments.map(({ object }) => object).filter((object) => ownerOf(object) !== session.id)),
]

/** The session an object belongs to: its name up to the first dot. */
export const ownerOf = (object: string): string => object.split('.', 1)[0] ?? object
