import { Refusal } from '#errors'
import { closed } from './access.ts'
import type { RequestDigest } from './checksum.ts'
import type { Core } from './core.ts'
import type { Declaration } from './declare.ts'
import { finish } from './finish.ts'
import type { Body } from './ports.ts'
import type { Digests, Session } from './session.ts'

export interface AppendRequest extends Declaration {
  /** where the client believes the upload ends, bytes; null: wherever it does */
  readonly offset: number | null
  readonly body: Body
  readonly digest?: RequestDigest
  /** the upload is complete when it reaches its length (default), with this request, or not yet */
  readonly completes?: 'at-length' | 'now' | 'not-yet'
  /** keep nothing unless the body arrives whole */
  readonly atomic?: boolean
  /** how long to wait for another writer to end or give way, ms */
  readonly wait?: number
  /** give way to another request after half a second of silence (default); false: it waits until this one ends */
  readonly yields?: boolean
  /** called with each committed offset while the body is still arriving */
  readonly onCommitted?: (offset: number) => void
}

export interface Appended {
  readonly session: Session
  /** bytes of this request that are stored */
  readonly received: number
  /** false when the body broke off; what had come is stored */
  readonly whole: boolean
}

/** The session after its completion, if this request brought it about; refuses when the file is not what was promised. */
export async function finished(core: Core, session: Session): Promise<Session> {
  const done = await finish(core, session)
  if (done.status !== 'FAILED') return done
  const wrong = Object.entries(done.declared).some(
    ([name, value]) => done.computed[name as keyof Digests] !== value,
  )
  if (!wrong) throw closed(done)
  throw new Refusal(
    'FILE_DIGEST_MISMATCH',
    done.failure ?? 'the file does not have the digest that was promised',
  )
}

export function assertFits(length: number | null, limit: number, size: number | null): void {
  if (length !== null && length > limit) throw overflow(size, limit)
}

export function overflow(size: number | null, max: number): Refusal {
  if (size === null) return new Refusal('TOO_LARGE', `a file may have at most ${max} bytes`, { limit: max })
  return new Refusal('LENGTH_EXCEEDED', `these bytes go past the declared length of ${size} bytes`, {
    limit: size,
  })
}

/**
 * "completes now" with a known length must end exactly there. A body of known length tells before a byte is read, any
 * other when it is whole.
 */
export function assertEnd(
  session: Session,
  request: AppendRequest,
  size: number | null,
  length: number | null,
): void {
  if (request.completes !== 'now' || size === null || length === null) return
  const end = session.offset + length
  if (end === size) return
  throw new Refusal(
    'LENGTH_MISMATCH',
    `the upload would end at ${end} bytes but was declared to have ${size}`,
    { expected: size, received: end },
  )
}

export const broken = (reason: Error | null): Error =>
  reason instanceof Refusal
    ? reason
    : new Refusal(
        'CUT',
        'the request ended before its body was whole; nothing of it was kept',
        {},
        { cause: reason },
      )

export const isRefusal = (error: unknown, code: Refusal['code']): error is Refusal =>
  error instanceof Refusal && error.code === code
