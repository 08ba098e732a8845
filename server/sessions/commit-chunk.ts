import { Refusal } from '#errors'
import { closed } from './access.ts'
import { overflow } from './append-rules.ts'
import { abandon, collect } from './collect.ts'
import type { Core } from './core.ts'
import type { Prefix } from './digests.ts'
import { prefixOf } from './layout.ts'
import type { Change, Tx } from './ports.ts'
import { type Chunk, isOpen, type Session } from './session.ts'

export interface ChunkCommit {
  /** a stored chunk of that number and other bytes: the newest stands, the first stands, or there must be none */
  readonly onConflict: 'replace' | 'keep' | 'refuse'
  /**
   * chunks in all, as this request says, or as the session says; the one that makes the count whole completes the
   * upload. With `announced` a number beyond the count is refused.
   */
  readonly total?: number | 'announced' | undefined
  /** what becomes of the session if this is the first chunk to count: later ones may say otherwise in vain */
  readonly first?: Change | undefined
  /** the upload completes with this chunk */
  readonly ends?: boolean
  /** refuse a chunk that makes the sum larger than the declared size */
  readonly withinSize?: boolean | undefined
  /** the count alone is not enough: the sum must be the declared size, unless that is 0 or unknown */
  readonly sumMustFit?: boolean | undefined
  readonly change?: Change
  /** the chunk stored under that number when this one set out, if any */
  readonly seen?: Chunk | null
  /** digest state extended by this chunk, when it came in order */
  readonly prefix?: Prefix | null
}

export interface ChunkStored {
  readonly session: Session
  readonly chunk: Chunk
  /** this request completed the upload; true for one request only */
  readonly completed: boolean
  /** all chunks are there, but their sum is not the declared size */
  readonly mismatch: { expected: number; received: number } | null
  /** the chunk was stored before with the same bytes */
  readonly repeated: boolean
}

/** Makes a chunk count. One transaction: ledger, contiguous prefix, sums and, for one winner, the change of status. */
export async function commitChunk(
  core: Core,
  session: Session,
  chunk: Chunk,
  how: ChunkCommit,
): Promise<ChunkStored> {
  const garbage: string[] = []
  let stored: ChunkStored & { replaced: boolean }
  try {
    stored = await core.db.write((tx) => {
      garbage.length = 0
      return enter(core, tx, session.id, chunk, how, garbage)
    })
  } catch (error) {
    // A refusal rolled back for certain. When the database went away the commit may stand, so the bytes must too.
    const undone = error instanceof Refusal && error.code !== 'UNAVAILABLE'
    if (undone) await abandon(core, session.id, chunk.object)
    throw error
  }
  if (stored.replaced) core.digests.forget(session.id)
  else if (how.prefix && how.prefix.at <= stored.session.offset && !stored.repeated) {
    core.digests.keep(session.id, how.prefix)
  }
  const now = stored.session
  if (isOpen(now) && now.offset > session.offset && how.prefix?.at !== now.offset) {
    core.digests.trail(now, () => prefixOf(core, now))
  }
  core.events.publish('changed', now)
  await collect(core, garbage)
  return stored
}

async function enter(core: Core, tx: Tx, id: string, chunk: Chunk, how: ChunkCommit, garbage: string[]) {
  const found = await tx.sessions.get(id)
  if (found === null) throw new Refusal('CANCELED', 'this upload is gone')
  const first = found.chunkCount === 0 && isOpen(found) ? how.first : undefined
  const now: Session = { ...found, ...first }
  assertAnnounced(now, chunk, how)
  const before = await tx.sessions.chunk(id, chunk.number)
  const same = before !== null && before.size === chunk.size && before.sha256 === chunk.sha256
  if (before !== null && !same && how.onConflict !== 'replace') throw taken(chunk)
  if (!isOpen(now)) {
    if (same && how.onConflict === 'keep') return keep(now, before, chunk, garbage)
    if (isOvertaken(now, before, same, how)) return { ...keep(now, before, chunk, garbage), chunk }
    throw closed(now)
  }
  const kept = same ? before : chunk
  if (same) discard(id, chunk, before, garbage)
  else await tx.sessions.putChunk(id, chunk)
  if (before !== null && !same) discard(id, before, chunk, garbage)
  const sums = await count(tx, now, before, kept)
  assertRoom(core.limits.maxSize, now, sums.received, how)
  const size = how.change?.size ?? now.size
  const total = how.total === 'announced' ? now.totalChunks : how.total
  const counted = total !== undefined && sums.chunkCount === total
  const fits = how.sumMustFit !== true || size === null || size <= 0 || sums.received === size
  const completed = how.ends === true || (counted && fits)
  const at = core.clock.now()
  const changed = await tx.sessions.update(
    id,
    { status: [now.status] },
    {
      ...first,
      ...how.change,
      ...sums,
      status: completed ? 'PROCESSING' : 'UPLOADING',
      updatedAt: at,
      ...(completed ? { size: sums.received, warning: sumWarning(size, sums.received) ?? now.warning } : {}),
      ...(now.ttl > 0 ? { expiresAt: at + now.ttl } : {}),
    },
  )
  if (changed === null) throw closed(now)
  if (now.group !== null) await tx.groups.renew(now.group, at)
  if (garbage.length > 0) await tx.files.discard(garbage)
  return {
    session: changed,
    chunk: kept,
    completed,
    mismatch: counted && !fits ? { expected: size ?? 0, received: sums.received } : null,
    repeated: same,
    replaced: before !== null && !same && chunk.number < now.nextChunk,
  }
}

function assertAnnounced(now: Session, { number }: Chunk, how: ChunkCommit): void {
  const { firstChunk, totalChunks } = now
  if (how.total !== 'announced' || totalChunks === null || number < (firstChunk ?? 0) + totalChunks) return
  throw new Refusal('INVALID', `chunk number ${number} is beyond the ${totalChunks} chunks of this upload`, {
    field: 'chunk number',
  })
}

/** The sum of all chunks, once this one counts, against the declared size and the largest file of all. */
function assertRoom(maxSize: number, { size, received }: Session, sum: number, how: ChunkCommit): void {
  if (how.withinSize === true && size !== null && size > 0 && sum > size) throw overflow(size, maxSize)
  if (sum > maxSize && sum > received) throw overflow(null, maxSize)
}

const sumWarning = (declared: number | null, received: number): string | null =>
  declared === null || declared <= 0 || declared === received
    ? null
    : `${declared} bytes were declared, but ${received} have arrived`

/** The contiguous prefix and the sums after `chunk` took the place of `before`. */
async function count(tx: Tx, now: Session, before: Chunk | null, chunk: Chunk) {
  const sums = {
    received: now.received - (before?.size ?? 0) + chunk.size,
    chunkCount: now.chunkCount + (before === null ? 1 : 0),
    offset: now.offset,
    nextChunk: now.nextChunk,
  }
  if (chunk.number < now.nextChunk) sums.offset += chunk.size - (before?.size ?? 0)
  if (chunk.number !== now.nextChunk) return sums
  for (
    let next: Chunk | null = chunk;
    next !== null;
    next = await tx.sessions.chunk(now.id, sums.nextChunk)
  ) {
    sums.offset += next.size
    sums.nextChunk += 1
  }
  return sums
}

/**
 * Of two requests with one chunk that were under way together, this one counts as the earlier: the other one's bytes
 * stand, and the upload they completed stays as it is.
 */
function isOvertaken(
  { status }: Session,
  before: Chunk | null,
  same: boolean,
  how: ChunkCommit,
): before is Chunk {
  if (before === null || how.onConflict !== 'replace') return false
  if (status !== 'PROCESSING' && status !== 'COMPLETED') return false
  const { seen = null } = how
  return same || seen?.object !== before.object || seen.position !== before.position
}

function keep(session: Session, before: Chunk, chunk: Chunk, garbage: string[]) {
  discard(session.id, chunk, before, garbage)
  return { session, chunk: before, completed: false, mismatch: null, repeated: true, replaced: false }
}

/** An object of its own that is not needed any more; a place inside the main object is simply left. */
function discard(id: string, unneeded: Chunk, kept: Chunk, garbage: string[]): void {
  if (unneeded.object !== id && unneeded.object !== kept.object) garbage.push(unneeded.object)
}

const taken = ({ number }: Chunk): Refusal =>
  new Refusal('CONFLICT', `chunk ${number} is stored already with other bytes`, { received: number })
