import { createHash } from 'node:crypto'
import type { Principal } from '#accounts'
import { invalid, Refusal } from '#errors'
import { assertTakesBytes, authorize } from './access.ts'
import { broken, overflow } from './append-rules.ts'
import type { RequestDigest } from './checksum.ts'
import { abandon } from './collect.ts'
import { type ChunkCommit, type ChunkStored, commitChunk } from './commit-chunk.ts'
import type { Core } from './core.ts'
import { finish } from './finish.ts'
import { apart, placeOf } from './layout.ts'
import type { Body } from './ports.ts'
import { receive } from './receive.ts'
import { type Chunk, isOpen, type Session } from './session.ts'

export interface ChunkRequest
  extends Pick<ChunkCommit, 'onConflict' | 'total' | 'first' | 'withinSize' | 'sumMustFit'> {
  /** a function where the number is known only after the body: it is asked once, when the body is whole */
  readonly number: number | (() => number)
  readonly body: Body
  readonly digest?: RequestDigest | undefined
  /** largest chunk, bytes */
  readonly limit?: number
  /** take a repeated chunk of a complete upload (only with `onConflict: 'keep'`) */
  readonly repeatable?: boolean
}

/**
 * Stores one numbered chunk, in any order, beside others. It counts when it has arrived whole, has its digest and is
 * durable; until then a chunk stored before under the same number stays. A completion it causes goes on in the
 * background: `settled` waits for it.
 * @throws Refusal TOO_LARGE, DIGEST_MISMATCH, CUT, CONFLICT, NO_SPACE and whatever closes a session.
 */
export async function putChunk(
  core: Core,
  principal: Principal,
  id: string,
  request: ChunkRequest,
): Promise<ChunkStored> {
  let session = await authorize(core, principal, id, 'write')
  if (session.firstChunk === null)
    throw new Refusal('CONFLICT', 'this upload goes by offset, not by numbered chunks')
  if (request.repeatable !== true || isOpen(session)) assertTakesBytes(session, core.clock.now())
  const known = typeof request.number === 'number' ? request.number : null
  if (known !== null) assertNumber(session, known)
  const seen = known === null ? null : await core.db.sessions.chunk(id, known)
  const limit = limitOf(core, session, request, seen)
  if (request.body.length !== null && request.body.length > limit.bytes) throw limit.overflow()
  session = await adoptStride(core, session, request)
  const place =
    known === null || !isOpen(session)
      ? apart(session)
      : await placeOf(core, session, known, request.body.length)
  const sha256 = createHash('sha256')
  const prefix = known === session.nextChunk ? core.digests.begin(session, session.offset) : null
  try {
    const chunk = await fill().catch(async (error: unknown) => {
      await abandon(core, id, place.object)
      throw error
    })
    const stored = await commitChunk(core, session, chunk, { ...request, prefix, seen })
    if (stored.completed) void finish(core, stored.session).catch((error: unknown) => core.report(error, id))
    return stored
  } finally {
    place.release()
  }

  async function fill(): Promise<Chunk> {
    const writer = await core.store.open(place.object)
    try {
      const received = await receive(core, id, request.body, {
        writer,
        position: place.position,
        limit: request.body.length ?? limit.bytes,
        overflow: limit.overflow,
        object: place.object,
        prefix,
        hashes: [sha256],
        digest: request.digest,
      })
      if (!received.whole) throw broken(received.reason)
      const number = known ?? (request.number as () => number)()
      if (known === null) assertNumber(session, number)
      await writer.flush()
      const { object, position } = place
      return { number, size: received.length, sha256: sha256.digest('hex'), object, position }
    } finally {
      await writer.close()
    }
  }
}

/**
 * How many bytes may come: a chunk's own limit, or what the others leave of the largest file. While the number is not
 * known nobody can say which chunk makes room; the commit counts again.
 */
function limitOf(core: Core, { received }: Session, request: ChunkRequest, seen: Chunk | null) {
  const { maxSize } = core.limits
  const room = typeof request.number === 'number' ? maxSize - received + (seen?.size ?? 0) : maxSize
  const { limit } = request
  if (limit === undefined || room < limit) return { bytes: room, overflow: () => overflow(null, maxSize) }
  const text = `at most ${limit} bytes may be sent here at once`
  return { bytes: limit, overflow: () => new Refusal('TOO_LARGE', text, { limit }) }
}

function assertNumber(session: Session, number: number): void {
  if (Number.isSafeInteger(number) && number >= (session.firstChunk ?? 0)) return
  throw invalid('chunk number', `must be a whole number of ${session.firstChunk} or more`)
}

/** The first chunk of known length, unless it is the last of all, settles where the others go. */
async function adoptStride(
  core: Core,
  session: Session,
  { number, body, total, first }: ChunkRequest,
): Promise<Session> {
  if (session.stride !== null || session.chunkCount > 0 || body.length === null || body.length === 0)
    return session
  if (typeof number !== 'number' || !isOpen(session)) return session
  const said = first?.totalChunks ?? session.totalChunks ?? (total === 'announced' ? null : total)
  const last = (session.firstChunk ?? 0) + (said ?? Number.POSITIVE_INFINITY) - 1
  if (number >= last && number !== session.firstChunk) return session
  const stride = session.chunkSize !== null && session.chunkSize > 0 ? session.chunkSize : body.length
  const settled = await core.db.write(async (tx) => {
    const now = await tx.sessions.get(session.id)
    if (now === null || now.stride !== null || now.chunkCount > 0) return now
    return tx.sessions.update(session.id, {}, { stride })
  })
  return settled ?? session
}
