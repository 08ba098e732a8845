import { type Code, Refusal } from '#errors'
import type { Answer, Exchange } from '#http'

export interface Log {
  error(facts: object, message: string): void
}

const STATUS: Record<Code, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INVALID: 400,
  TOO_LARGE: 413,
  LENGTH_EXCEEDED: 413,
  LENGTH_MISMATCH: 400,
  OFFSET_MISMATCH: 409,
  DIGEST_MISMATCH: 400,
  FILE_DIGEST_MISMATCH: 410,
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

/** A download that is refused, as one plain sentence. */
export function answerOf(error: unknown, { id }: Exchange, log: Log): Answer {
  const headers: Record<string, string> = {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  }
  if (!(error instanceof Refusal)) {
    log.error({ err: error, req: id }, 'a request to /files failed')
    return { status: 500, headers, body: 'the server could not answer this request\n' }
  }
  if (error.code === 'UNAUTHENTICATED') headers['www-authenticate'] = 'Bearer realm="Slipway"'
  if (error.code === 'LOCKED') headers['retry-after'] = '1'
  if (error.facts.retryAfter !== undefined) headers['retry-after'] = String(error.facts.retryAfter)
  return { status: STATUS[error.code], headers, body: `${error.message}\n` }
}
