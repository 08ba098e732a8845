import { createHash } from 'node:crypto'
import { Refusal } from '#errors'
import {
  type Appended,
  type AppendRequest,
  assertEnd,
  assertFits,
  broken,
  finished,
  isRefusal,
  overflow,
} from './append-rules.ts'
import { commitChunk } from './commit-chunk.ts'
import type { Core } from './core.ts'
import { declaration } from './declare.ts'
import { apart, type Place } from './layout.ts'
import { type Received, receive } from './receive.ts'
import { hasGaps, type Session } from './session.ts'

/**
 * An append to an upload whose chunks are numbered: what arrives becomes the next chunk. Runs under the session's lock.
 * @throws Refusal CONFLICT when later chunks are stored already, because there is no end to append to then.
 */
export async function appendChunk(core: Core, session: Session, request: AppendRequest): Promise<Appended> {
  if (hasGaps(session)) {
    throw new Refusal(
      'CONFLICT',
      `chunk ${session.nextChunk} is missing: this upload has gaps and must go on by chunks`,
    )
  }
  const said = declaration(core, session, request)
  const size = said.size ?? session.size
  // Zero means "unknown" where chunks are numbered, as long as nothing else was said.
  const length = size === 0 ? null : size
  const limit = (length ?? core.limits.maxSize) - session.offset
  assertFits(request.body.length, limit, length)
  assertEnd(session, request, length, request.body.length)
  const place = apart(session)
  const sha256 = createHash('sha256')
  const prefix = core.digests.begin(session, session.offset)
  const writer = await core.store.open(place.object)
  let received: Received
  try {
    received = await receive(core, session.id, request.body, {
      writer,
      position: place.position,
      limit,
      overflow: () => overflow(length, core.limits.maxSize),
      object: place.object,
      prefix,
      hashes: [sha256],
      digest: request.digest,
    })
    const nothing = request.atomic === true || request.digest !== undefined
    // Half a batch that a full disk cut off has no digest of its own, so it is not kept as a chunk.
    if (!received.whole && (nothing || isRefusal(received.reason, 'NO_SPACE'))) throw broken(received.reason)
    if (received.whole) assertEnd(session, request, length, received.length)
    await writer.flush()
  } finally {
    await writer.close()
  }
  if (received.length === 0 && !received.whole) return { session, received: 0, whole: false }
  const end = session.offset + received.length
  const completes = request.completes ?? 'at-length'
  const ends = completes === 'now' ? received.whole : completes === 'at-length' && end === length
  const chunk = {
    number: session.nextChunk,
    size: received.length,
    sha256: sha256.digest('hex'),
    ...object(place),
  }
  const { session: now } = await commitChunk(core, session, chunk, {
    change: said,
    ends,
    prefix,
    onConflict: 'refuse',
  })
  const done = await finished(core, now)
  return { session: done, received: received.length, whole: received.whole }
}

const object = ({ object, position }: Place) => ({ object, position })
