import { Refusal } from '#errors'
import { place, type StoredFile } from '#records'
import { collect } from './collect.ts'
import type { Core } from './core.ts'
import { joinAll } from './join.ts'
import { layoutOf, objectsOf, sharedObjects, withSegments } from './layout.ts'
import type { Change, Tx } from './ports.ts'
import { type Digests, isOpen, type Segment, type Session } from './session.ts'

/**
 * Completes a session in PROCESSING: digest of the whole file, comparison, filing. Runs once at a time, may run again
 * after a crash at any point, and has its effect once: the last step is one conditional transaction.
 * Resolves with the session as it is then: COMPLETED, FAILED, or whatever somebody else made of it.
 */
export function finish(core: Core, session: Session): Promise<Session> {
  if (session.status !== 'PROCESSING') return Promise.resolve(session)
  const running = core.finishing.get(session.id) ?? run(core, session.id)
  core.finishing.set(session.id, running)
  return running
    .catch((error: unknown) => overtaken(core, session.id, error))
    .finally(() => core.finishing.delete(session.id))
}

/** A cancel takes the bytes away in the middle of the work: that is no error. */
async function overtaken(core: Core, id: string, error: unknown): Promise<Session> {
  const now = await core.db.sessions.get(id)
  if (now === null || now.status === 'PROCESSING') throw error
  return now
}

async function run(core: Core, id: string): Promise<Session> {
  const session = await core.db.sessions.get(id)
  if (session === null) throw new Refusal('CANCELED', 'this upload is gone')
  if (session.status !== 'PROCESSING') return session
  const segments = await layoutOf(core, session)
  const size = segments.reduce((sum, { length }) => sum + length, 0)
  // A file put together from parts is the one whose length is not known before.
  if (size > core.limits.maxSize)
    return fail(core, session, `the file has ${size} bytes, but at most ${core.limits.maxSize} are allowed`)
  const computed = await core.digests.of(session, segments)
  const wrong = brokenPromise(session, computed)
  if (wrong !== null) return fail(core, session, wrong, computed)
  const warning = (await imageWarning(core, session, segments)) ?? session.warning
  try {
    return await complete(core, session, segments, { computed, warning })
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'NOT_FOUND') throw error
    return fail(core, session, `the file arrived, but ${error.message} any more to file it on`, computed)
  }
}

/** Why the bytes are not what was promised; null when they are, or nothing was. */
export function brokenPromise({ declared }: Session, computed: Digests): string | null {
  for (const [algorithm, expected] of Object.entries(declared) as [keyof Digests, string][]) {
    const calculated = computed[algorithm]
    if (calculated === expected) continue
    return `the file's ${algorithm} is ${calculated}, but ${expected} was promised`
  }
  return null
}

async function complete(core: Core, session: Session, segments: Segment[], change: Change): Promise<Session> {
  const completion = completing(core, session, segments, change)
  return completion.settle(await core.db.write(completion.enter))
}

/**
 * The last step of a completion: `enter` makes it in the caller's transaction (null when somebody was first), `settle`
 * does what follows from it after the commit.
 */
export function completing(core: Core, session: Session, segments: readonly Segment[], change: Change) {
  const now = core.clock.now()
  const size = segments.reduce((sum, { length }) => sum + length, 0)
  const whole = segments.length === 1 && segments[0]?.object === session.id && segments[0].position === 0
  const kept = whole || size === 0 ? null : segments
  const objects = sharedObjects(session, segments)
  let garbage: string[] = []
  let joined: Session[] = []
  const enter = async (tx: Tx): Promise<Session | null> => {
    const completed = await tx.sessions.update(
      session.id,
      { status: ['PROCESSING'] },
      {
        ...change,
        size,
        offset: size,
        received: size,
        segments: kept,
        status: 'COMPLETED',
        completedAt: now,
        updatedAt: now,
      },
    )
    if (completed === null) return null
    const file: StoredFile = {
      id: session.id,
      tenant: session.tenant,
      size,
      digests: completed.computed,
      segments: kept,
    }
    await tx.files.insert(file)
    if (objects.length > 0) await tx.files.hold(session.id, objects)
    joined = session.partial ? await joinAll(tx, session.id, now) : []
    if (!session.partial && session.target !== null) {
      const placed = await place(tx, { ...filing(session, now), file, ...session.target })
      garbage = placed.garbage
      const { table, record } = placed.entry
      // A document that was made now is where the session says it went.
      if (record !== session.target.record)
        return tx.sessions.update(session.id, {}, { target: { ...session.target, table, record } })
    }
    return completed
  }
  const settle = async (done: Session | null): Promise<Session> => {
    const current = done ?? (await core.db.sessions.get(session.id)) ?? session
    core.digests.forget(session.id)
    core.events.publish('changed', current)
    await collect(core, garbage)
    finishAll(core, joined)
    return current
  }
  return { enter, settle }
}

/** Finishes uploads that their last part made whole. Nobody waits for it, and a crash leaves it to `recover`. */
function finishAll(core: Core, joined: readonly Session[]): void {
  for (const session of joined) {
    core.events.publish('changed', session)
    void finish(core, session).catch((error: unknown) => core.report(error, session.id))
  }
}

/** What an entry made of this session says of it. */
export const filing = (session: Session, now: number) => ({
  tenant: session.tenant,
  viewer: session.owner,
  kind: session.location,
  name: session.fileName ?? session.id,
  contentType: session.contentType,
  session: session.id,
  createdBy: session.ownerName,
  createdAt: now,
})

/** Ends a session in FAILED and frees its bytes; its chunk list stays for its owner to read. */
export async function fail(
  core: Core,
  session: Session,
  failure: string,
  computed: Digests = {},
): Promise<Session> {
  const objects = await objectsOf(core.db.sessions, session)
  const now = core.clock.now()
  const { failed, garbage } = await core.db.write(async (tx) => {
    const open = ['INITIATED', 'UPLOADING', 'PROCESSING'] as const
    const failed = await tx.sessions.update(
      session.id,
      { status: open },
      {
        status: 'FAILED',
        failure,
        computed,
        updatedAt: now,
      },
    )
    if (failed === null) return { failed, garbage: [] }
    await tx.sessions.removeParts(session.id)
    return { failed, garbage: await tx.files.release(session.id, withSegments(objects, failed)) }
  })
  core.digests.forget(session.id)
  if (failed !== null) core.events.publish('changed', failed)
  await collect(core, garbage)
  if (failed !== null) await failFinals(core, failed)
  return failed ?? (await core.db.sessions.get(session.id)) ?? session
}

/** Ends the uploads that wait for a part that ended without a file. */
export async function failFinals(core: Core, part: Session): Promise<void> {
  if (!part.partial) return
  for (const final of await core.db.sessions.finalsOf(part.id)) {
    if (isOpen(final)) await fail(core, final, `the partial upload ${part.id}, which it needs, has ended`)
  }
}

/** `IMAGE` uploads that are no images by their bytes are told so; they are not refused. */
async function imageWarning(
  core: Core,
  session: Session,
  segments: readonly Segment[],
): Promise<string | null> {
  if (session.location !== 'IMAGE' || session.target?.unremarked === true) return null
  const first = segments[0]
  const head: Buffer[] = []
  if (first !== undefined) {
    const length = Math.min(first.length, 4100)
    for await (const bytes of core.store.read({ ...first, length })) head.push(bytes)
  }
  const type = await core.inspect(Buffer.concat(head))
  if (type?.startsWith('image/') === true) return null
  return `the location is IMAGE, but the bytes are ${type === undefined ? 'no image that is known' : type}`
}
