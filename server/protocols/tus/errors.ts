import { ERRORS } from '@tus/server'
import { type Code, Refusal } from '#errors'
import type { Answer } from '#http'

export interface Log {
  error(facts: object, message: string): void
}

/**
 * Codes of tus 1.0.0 where it names one (403 for a PATCH to a final upload is decided in `store.ts`), else HTTP's.
 * "460 Checksum Mismatch"; "404 Not Found or 410 Gone … if the Server is keeping track of expired uploads".
 */
const STATUS: Record<Code, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INVALID: 400,
  TOO_LARGE: 413,
  LENGTH_EXCEEDED: 413,
  LENGTH_MISMATCH: 400,
  OFFSET_MISMATCH: 409,
  DIGEST_MISMATCH: 460,
  FILE_DIGEST_MISMATCH: 460,
  EXPIRED: 410,
  CANCELED: 410,
  FAILED: 410,
  COMPLETED: 409,
  INCOMPLETE: 409,
  CONFLICT: 409,
  LOCKED: 423,
  CUT: 400,
  STALLED: 408,
  NO_SPACE: 507,
  THROTTLED: 429,
  UNAVAILABLE: 503,
}

/** Reasons that Node does not know. */
const PHRASES: Record<number, string> = { 460: 'Checksum Mismatch' }

/** A refusal in tus's form: a status and one plain sentence. */
export function answerTo(error: unknown): Answer {
  if (!(error instanceof Refusal)) return plain(500, 'the server could not do what this request asks for')
  const headers: Record<string, string> = {}
  if (error.code === 'UNAUTHENTICATED') headers['www-authenticate'] = 'Bearer realm="Slipway"'
  if (error.code === 'LOCKED') headers['retry-after'] = '1'
  if (error.facts.retryAfter !== undefined) headers['retry-after'] = String(error.facts.retryAfter)
  if (error.code === 'OFFSET_MISMATCH') headers['upload-offset'] = String(error.facts.expected)
  return plain(statusOf(error), named(error), headers)
}

/** Keys of metadata, by what the core calls their values. */
const KEYS: Record<string, string> = { 'file name': 'filename', 'content type': 'filetype' }

function named({ message, facts }: Refusal): string {
  const key = KEYS[facts.field ?? '']
  return key === undefined ? message : message.replace(String(facts.field), key)
}

function statusOf({ code, facts }: Refusal): number {
  if (facts.field === 'Content-Type') return 415
  // A record that metadata names and that is not there is a bad value; 404 is about the upload.
  const isTarget = facts.what === 'table' || facts.what === 'record'
  return code === 'NOT_FOUND' && isTarget ? 400 : STATUS[code]
}

export function plain(status: number, sentence: string, headers: Record<string, string> = {}): Answer {
  const phrase = PHRASES[status]
  return {
    status,
    ...(phrase === undefined ? {} : { statusText: phrase }),
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: `${sentence}\n`,
  }
}

/** The engine throws constants that are no errors; those it can still come to are told in the core's words. */
export function refusalOf(error: unknown, stored: number, limit: number): unknown {
  if (error === ERRORS.INVALID_OFFSET) {
    const why = `the upload holds ${stored} bytes, so the next must be sent at offset ${stored}`
    return new Refusal('OFFSET_MISMATCH', why, { expected: stored })
  }
  if (error === ERRORS.ERR_SIZE_EXCEEDED) {
    return new Refusal('LENGTH_EXCEEDED', 'these bytes go past the length of the upload', { limit })
  }
  if (error === ERRORS.ERR_MAX_SIZE_EXCEEDED) {
    return new Refusal('TOO_LARGE', `a file may have at most ${limit} bytes`, { limit })
  }
  return error
}
