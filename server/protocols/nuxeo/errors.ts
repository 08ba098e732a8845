import { type Code, Refusal } from '#errors'
import { type Answer, json } from '#http'

/** What only this protocol refuses. */
export class NuxeoError extends Error {
  override readonly name = 'NuxeoError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const STATUS: Record<Code, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INVALID: 400,
  TOO_LARGE: 413,
  LENGTH_EXCEEDED: 400,
  LENGTH_MISMATCH: 400,
  OFFSET_MISMATCH: 409,
  DIGEST_MISMATCH: 400,
  FILE_DIGEST_MISMATCH: 400,
  EXPIRED: 404,
  CANCELED: 404,
  FAILED: 409,
  COMPLETED: 409,
  INCOMPLETE: 409,
  CONFLICT: 409,
  LOCKED: 409,
  CUT: 400,
  STALLED: 408,
  NO_SPACE: 507,
  THROTTLED: 429,
  UNAVAILABLE: 503,
}

/** Contract, section 3: "for ≥500 the message is replaced by `Internal Server Error`". */
const HIDDEN = 'Internal Server Error'

export const exception = (
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer =>
  json(
    status,
    { 'entity-type': 'exception', status, message },
    { 'content-type': 'application/json', ...headers },
  )

/** The exception document of an error; null for an error nobody foresaw. */
export function errorAnswer(error: unknown): Answer | null {
  if (error instanceof NuxeoError) return exception(error.status, error.status < 500 ? error.message : HIDDEN)
  if (!(error instanceof Refusal)) return null
  const { retryAfter } = error.facts
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  return exception(STATUS[error.code], sentence(error.message), headers)
}

export const internalError = (): Answer => exception(500, HIDDEN)

/** Whether the thing asked for is not there (any more), whatever the reason. */
export const isGone = (error: unknown): boolean => error instanceof Refusal && STATUS[error.code] === 404

/** Whether it is a batch, or a file of one, that is not there (any more). */
export const isBatchGone = (error: unknown): error is Refusal =>
  error instanceof Refusal &&
  STATUS[error.code] === 404 &&
  ['batch', 'group', 'upload', 'session', undefined].includes(error.facts.what)

/** Contract, section 1: "empty" is a status with no body. */
export const empty = (status: number): Answer => ({ status })

/**
 * A chunk that cannot be: 400, where the original breaks down with 500 (contract, section 3).
 */
export const badChunk = (strict: boolean, message: string): NuxeoError =>
  new NuxeoError(strict ? 500 : 400, message)

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
