/**
 * Everything the core can refuse, as one closed union. No status numbers here: each protocol maps every code
 * through an exhaustive record, so that a new code breaks the build of a protocol that forgot it.
 */
export type Code =
  /** no credential, or one that does not hold */
  | 'UNAUTHENTICATED'
  /** known caller, not allowed (a reader who writes) */
  | 'FORBIDDEN'
  /** does not exist, or belongs to somebody else */
  | 'NOT_FOUND'
  /** a field has no acceptable value; `facts.field` names it */
  | 'INVALID'
  /** larger than the server takes; `facts.limit` in bytes */
  | 'TOO_LARGE'
  /** more bytes than the declared length has room for; `facts.limit` in bytes */
  | 'LENGTH_EXCEEDED'
  /** a length that contradicts what is declared or stored; `facts.expected`, `facts.received` in bytes */
  | 'LENGTH_MISMATCH'
  /** the append does not begin where the upload ends; `facts.expected`, `facts.received` in bytes */
  | 'OFFSET_MISMATCH'
  /** the bytes of one request do not have the digest it promised; nothing of it was kept */
  | 'DIGEST_MISMATCH'
  /** the whole file does not have the digest it was declared with; the session has FAILED */
  | 'FILE_DIGEST_MISMATCH'
  /** the life of the unfinished session is over */
  | 'EXPIRED'
  /** canceled by somebody who may */
  | 'CANCELED'
  /** ended in FAILED; `facts.failure` says why */
  | 'FAILED'
  /** complete, or being completed: takes no more bytes */
  | 'COMPLETED'
  /** not complete yet; `facts.missing` lists absent chunk numbers where chunks are numbered */
  | 'INCOMPLETE'
  /** contradicts something that exists (another content for a stored chunk, a taken name, a gap) */
  | 'CONFLICT'
  /** another request is writing and does not give way */
  | 'LOCKED'
  /** the request body ended before it was whole, and nothing of it was kept */
  | 'CUT'
  /** no byte came for too long */
  | 'STALLED'
  /** the store is full; the session goes on once there is room */
  | 'NO_SPACE'
  /** too many wrong passwords; `facts.retryAfter` in seconds */
  | 'THROTTLED'
  /** database or byte store does not answer */
  | 'UNAVAILABLE'

export interface Facts {
  field?: string
  limit?: number
  expected?: number | string
  received?: number | string
  missing?: number[]
  failure?: string
  /** what was not found or invalid: `session`, `table`, `record`, `entry`, `user`, `file` … */
  what?: string
  retryAfter?: number
}

/** A refusal of the core. `message` is one plain sentence, lower case, fit to be shown to the caller. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: Code
  readonly facts: Facts

  constructor(code: Code, message: string, facts: Facts = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.facts = facts
  }
}

export const notFound = (what: string, id: string | number): Refusal =>
  new Refusal('NOT_FOUND', `there is no ${what} ${id}`, { what, received: id })

export const invalid = (field: string, why: string): Refusal =>
  new Refusal('INVALID', `${field} ${why}`, { field })
