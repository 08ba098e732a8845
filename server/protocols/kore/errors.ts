import { type Code, Refusal } from '#errors'
import { type Answer, json } from '#http'

/** What only this protocol refuses. */
export class KoreError extends Error {
  override readonly name = 'KoreError'
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

const FORMS: Record<Code, readonly [status: number, code: string]> = {
  UNAUTHENTICATED: [401, 'UNAUTHORIZED'],
  FORBIDDEN: [403, 'FORBIDDEN'],
  NOT_FOUND: [404, 'SESSION_NOT_FOUND'],
  INVALID: [400, 'VALIDATION_ERROR'],
  TOO_LARGE: [413, 'FILE_TOO_LARGE'],
  LENGTH_EXCEEDED: [400, 'FILE_SIZE_MISMATCH'],
  LENGTH_MISMATCH: [400, 'FILE_SIZE_MISMATCH'],
  OFFSET_MISMATCH: [409, 'CONFLICT'],
  DIGEST_MISMATCH: [400, 'DIGEST_MISMATCH'],
  FILE_DIGEST_MISMATCH: [400, 'DIGEST_MISMATCH'],
  EXPIRED: [410, 'SESSION_EXPIRED'],
  CANCELED: [404, 'SESSION_NOT_FOUND'],
  FAILED: [409, 'SESSION_FAILED'],
  COMPLETED: [409, 'SESSION_COMPLETED'],
  INCOMPLETE: [400, 'MISSING_CHUNKS'],
  CONFLICT: [409, 'CONFLICT'],
  LOCKED: [409, 'CONFLICT'],
  CUT: [400, 'UPLOAD_INTERRUPTED'],
  STALLED: [408, 'UPLOAD_INTERRUPTED'],
  NO_SPACE: [507, 'NO_SPACE'],
  THROTTLED: [429, 'TOO_MANY_REQUESTS'],
  UNAVAILABLE: [503, 'UNAVAILABLE'],
}

/** The error form of Kore's own clients (contract, section 9); null for an error nobody foresaw. */
export function errorAnswer(error: unknown): Answer | null {
  if (error instanceof KoreError) return form(error.status, error.code, error.message, {}, error.headers)
  if (!(error instanceof Refusal)) return null
  const [status, code] = FORMS[error.code]
  const { missing, retryAfter } = error.facts
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  if (missing === undefined) return form(status, code, sentence(error), {}, headers)
  return form(status, code, `Missing chunks: ${missing.join(', ')}`, { missingChunks: missing }, headers)
}

export const internalError = (): Answer => form(500, 'INTERNAL_ERROR', 'The server failed', {}, {})

const form = (
  status: number,
  code: string,
  msg: string,
  more: object,
  headers: Readonly<Record<string, string>>,
): Answer => json(status, { errors: [{ msg, code, httpStatus: String(status) }], ...more }, headers)

/** What is wrong with a field begins with the field's name, as it is spelled; everything else with a capital. */
const sentence = ({ code, message }: Refusal): string =>
  code === 'INVALID' ? message : message.charAt(0).toUpperCase() + message.slice(1)
