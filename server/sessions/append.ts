import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import { assertTakesBytes, authorize, closed } from './access.ts'
import { appendChunk } from './append-chunk.ts'
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
import type { Core } from './core.ts'
import { declaration } from './declare.ts'
import { algorithmsOf, DigestState, type Prefix } from './digests.ts'
import { brokenPromise, completing } from './finish.ts'
import type { Tx } from './ports.ts'
import { type Received, receive, yieldIfIdle } from './receive.ts'
import { isOpen, type Session } from './session.ts'

/**
 * Adds bytes at the end of an upload. One writer at a time; the offset is compared under the lock and once more in the
 * statement that moves it. Resolves when the bytes are durable and, for the last ones, when the file is complete.
 * @throws Refusal OFFSET_MISMATCH, LENGTH_EXCEEDED, LENGTH_MISMATCH, DIGEST_MISMATCH, LOCKED, NO_SPACE, CUT (atomic or
 * digested body that broke off) and whatever closes a session.
 */
export async function append(
  core: Core,
  principal: Principal,
  id: string,
  request: AppendRequest,
): Promise<Appended> {
  let session = await authorize(core, principal, id, 'write')
  if (isRepeatedEnd(session, request)) return repeat(core, session, request)
  assertTakesBytes(session, core.clock.now())
  const lease = await core.locker.acquire(id, {
    wait: request.wait ?? 1000,
    ...(request.yields === false ? {} : { yields: () => yieldIfIdle(core, id) }),
  })
  try {
    session = await authorize(core, principal, id, 'write')
    if (isRepeatedEnd(session, request)) return await repeat(core, session, request)
    assertTakesBytes(session, core.clock.now())
    assertOffset(session, request.offset)
    if (session.firstChunk !== null) return await appendChunk(core, session, request)
    return await appendHere(core, session, request)
  } finally {
    lease.release()
  }
}

/** An empty append at the end of a complete upload: a client that did not hear the last answer asks again. */
const isRepeatedEnd = (session: Session, { offset, body, completes }: AppendRequest): boolean =>
  (session.status === 'COMPLETED' || session.status === 'PROCESSING') &&
  session.offset === offset &&
  body.length === 0 &&
  completes !== 'not-yet'

/** The same answer once more, unless the request contradicts what the upload is by now. */
async function repeat(core: Core, session: Session, request: AppendRequest): Promise<Appended> {
  declaration(core, session, request)
  return { session: await finished(core, session), received: 0, whole: true }
}

function assertOffset(session: Session, offset: number | null): void {
  if (offset === null || offset === session.offset) return
  throw new Refusal(
    'OFFSET_MISMATCH',
    `the upload holds ${session.offset} bytes, so the next must be sent at offset ${session.offset}, not ${offset}`,
    { expected: session.offset, received: offset },
  )
}

async function appendHere(core: Core, session: Session, request: AppendRequest): Promise<Appended> {
  const declared = declaration(core, session, request)
  const size = declared.size ?? session.size
  const limit = (size ?? core.limits.maxSize) - session.offset
  assertFits(request.body.length, limit, size)
  assertEnd(session, request, size, request.body.length)
  const start = session.offset
  const state: Progress = { session, committed: start }
  const kept = request.atomic === true || request.digest !== undefined ? 'nothing' : 'what-came'
  const change = (length: number, whole: boolean): Partial<Session> => ({
    ...declared,
    ...advance(core, state.session, start + length, whole, request, size),
  })
  const commit = async (length: number, whole: boolean): Promise<void> => {
    state.session = await moveOffset(core, state.session, state.committed, change(length, whole))
    state.committed = start + length
  }
  const checkpoint = async (length: number): Promise<void> => {
    if (start + length === size) return
    await commit(length, false)
    core.events.publish('progress', state.session)
    request.onCommitted?.(state.committed)
  }
  const prefix = core.digests.begin(session, start)
  const writer = await core.store.open(session.id)
  let received: Received
  try {
    received = await receive(core, session.id, request.body, {
      writer,
      position: start,
      limit,
      overflow: () => overflow(size, core.limits.maxSize),
      object: session.id,
      prefix,
      hashes: [],
      digest: request.digest,
      checkpoint: kept === 'nothing' ? undefined : checkpoint,
    })
    if (!received.whole && kept === 'nothing') throw broken(received.reason)
    if (received.whole) assertEnd(session, request, size, received.length)
    if (received.length > 0) await writer.flush()
  } finally {
    await writer.close()
  }
  const done = await commitAndComplete(core, state, received, prefix, change)
  if (done !== null) return { session: done, received: received.length, whole: true }
  await commit(received.length, received.whole)
  // After a full disk the digest has seen more than was written; it is read back instead.
  if (prefix !== null && prefix.at === state.committed) core.digests.keep(session.id, prefix)
  core.events.publish('changed', state.session)
  if (isRefusal(received.reason, 'NO_SPACE')) throw received.reason
  const ended = await finished(core, state.session)
  return { session: ended, received: received.length, whole: received.whole }
}

interface Progress {
  session: Session
  /** offset of the last commit */
  committed: number
}

/**
 * The last bytes of a file whose digest is at hand: what moves the offset completes the upload in the same transaction.
 * Null when there is more to do than that; nothing has happened then.
 */
async function commitAndComplete(
  core: Core,
  { session, committed }: Progress,
  { length, whole }: Received,
  prefix: Prefix | null,
  change: (length: number, whole: boolean) => Partial<Session>,
): Promise<Session | null> {
  if (!whole || !(prefix instanceof DigestState) || session.location === 'IMAGE') return null
  const next = { ...session, ...change(length, whole) }
  if (next.status !== 'PROCESSING' || prefix.at !== next.offset) return null
  const computed = prefix.digest()
  if (!prefix.covers(algorithmsOf(next)) || brokenPromise(next, computed) !== null) return null
  const segments = next.offset === 0 ? [] : [{ object: session.id, position: 0, length: next.offset }]
  const { enter, settle } = completing(core, next, segments, { computed })
  try {
    const moved = await moveOffset(core, session, committed, change(length, whole), enter)
    return await settle(moved)
  } catch (error) {
    // The record it was meant for is gone: `finish` says so on the session.
    if (isRefusal(error, 'NOT_FOUND')) return null
    throw error
  }
}

/** What a commit at `offset` makes of the session. */
function advance(
  core: Core,
  session: Session,
  offset: number,
  whole: boolean,
  { completes = 'at-length' }: AppendRequest,
  size: number | null,
): Partial<Session> {
  const now = core.clock.now()
  const end = completes === 'now' ? whole : completes === 'at-length' && offset === size
  return {
    offset,
    received: offset,
    status: end ? 'PROCESSING' : 'UPLOADING',
    updatedAt: now,
    ...(end ? { size: offset } : {}),
    ...(session.ttl > 0 ? { expiresAt: now + session.ttl } : {}),
  }
}

/** The fenced update: it counts only while the session is open and its offset is where this writer left it. */
async function moveOffset(
  core: Core,
  session: Session,
  from: number,
  change: Partial<Session>,
  then: (tx: Tx) => Promise<Session | null> = () => Promise.resolve(null),
): Promise<Session> {
  const moved = await core.db.write(async (tx) => {
    const open = ['INITIATED', 'UPLOADING'] as const
    const moved = await tx.sessions.update(session.id, { status: open, offset: from }, change)
    if (moved !== null && moved.group !== null) await tx.groups.renew(moved.group, moved.updatedAt)
    return moved === null ? null : ((await then(tx)) ?? moved)
  })
  if (moved !== null) return moved
  core.digests.forget(session.id)
  const now = await core.db.sessions.get(session.id)
  if (now === null) throw new Refusal('CANCELED', 'this upload is gone')
  if (!isOpen(now)) throw closed(now)
  throw new Refusal('OFFSET_MISMATCH', `another writer moved the upload to offset ${now.offset}`, {
    expected: now.offset,
    received: from,
  })
}
