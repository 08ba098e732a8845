import { invalid, Refusal } from '#errors'
import type { Exchange, Form } from '#http'
import type { Session } from '#sessions'
import type { Outcome } from './answers.ts'
import { assertLength, chunkBody, guarded, LARGEST, type Place, placeOf, sizeTold } from './chunk-body.ts'
import type { View } from './file-view.ts'
import { progress, sessionView } from './session-view.ts'
import { assertRegular } from './strict.ts'

/** How long a chunk waits for those before it, ms. */
const PATIENCE = 10 * 60_000

export interface Call {
  readonly view: View
  readonly exchange: Exchange
  readonly session: Session
  /** when it had to be opened already; whoever opened it closes it */
  readonly form: Form | null
}

/** Mode B: the next chunk, in arrival order. "Of two plain chunks at once the second waits, both count". */
export async function append(call: Call): Promise<Outcome> {
  const { view, session, exchange } = call
  const { services, principal } = view
  const place = placeOf(exchange)
  const size = sizeTold(session, place)
  const body = chunkBody(exchange, call.form)
  const whole = async (length: number): Promise<void> => {
    if (place !== null) assertLength(place, length)
    assertNotEmpty(session, length)
    await assertRegular(services, principal, { ...session, size }, { number: null, length })
  }
  try {
    const appended = await services.sessions.append(principal, session.id, {
      offset: place?.start ?? null,
      body: guarded(body, whole),
      completes: size === null ? 'now' : 'at-length',
      ...(size === null ? {} : { size }),
      // "commit a chunk only when the whole multipart part arrived; a broken request leaves the offset unchanged"
      atomic: true,
      wait: PATIENCE,
      yields: false,
    })
    return await progress(view, appended.session)
  } catch (error) {
    if (place === null || !isElsewhere(error)) throw error
    return repeat(call, place, await count(guarded(body, () => undefined)), error)
  }
}

const isElsewhere = (error: unknown): error is Refusal =>
  error instanceof Refusal && (error.code === 'OFFSET_MISMATCH' || error.code === 'COMPLETED')

/** "start < received and fully inside → reply success without appending (idempotent retry); gap → error" */
export async function repeat(
  { view, session }: Call,
  place: Place,
  length: number,
  why: Error,
): Promise<Outcome> {
  assertLength(place, length)
  const { sessions } = view.services
  const now = await sessions.settled(await sessions.read(view.principal, session.id))
  if (place.start + length > now.offset) throw why
  return progress(view, now)
}

/** Reads a body away. */
export async function count(body: AsyncIterable<Buffer>): Promise<number> {
  let length = 0
  for await (const piece of body) length += piece.length
  return length
}

/** Mode C: a numbered chunk, in any order, beside others; "re-send overwrites"; it never finalises. */
export async function numbered(call: Call, given: unknown): Promise<Outcome> {
  const { view, session, exchange } = call
  const { services, principal } = view
  const number = Number(given)
  if (!/^\d{1,9}$/.test(String(given)) || number < 1)
    throw invalid('chunkNumber', 'must be a whole number of 1 or more')
  const body = chunkBody(exchange, call.form)
  const whole = (length: number): Promise<void> => {
    assertNotEmpty(session, length)
    return assertRegular(services, principal, session, { number, length })
  }
  const stored = await services.sessions.putChunk(principal, session.id, {
    number,
    body: guarded(body, whole),
    limit: LARGEST,
    onConflict: 'replace',
    withinSize: true,
  })
  return { status: 200, data: sessionView(stored.session, view.origin) }
}

/** "Accept any chunk length 1…max"; "Zero-length file: accept one empty part" */
function assertNotEmpty({ size }: Session, length: number): void {
  if (length === 0 && size !== null) throw new Refusal('INVALID', 'Empty file', { field: 'file' })
}

/** Mode D: "assemble, 201". */
export async function finalize({ view, session }: Call): Promise<Outcome> {
  return progress(view, await view.services.sessions.complete(view.principal, session.id))
}

/** Mode E. */
export async function abort({ view, session }: Call): Promise<Outcome> {
  await view.services.sessions.cancel(view.principal, session.id)
  return { status: 200, data: null }
}
