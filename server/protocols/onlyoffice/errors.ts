import type { Code, Refusal } from '#errors'
import { type Answer, json } from '#http'
import { sizeText } from './text.ts'

/** What only this protocol refuses on `/api/2.0`. */
export class APIError extends Error {
  override readonly name = 'APIError'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

export const GONE = 'Not authorized or session with specified upload id already expired'
export const NO_FILE = 'The required file was not found'
export const NO_FOLDER = 'The required folder was not found'

const tooLarge = ({ facts, message }: Refusal): string =>
  facts.limit === undefined ? message : `The maximum file size is exceeded (${sizeText(facts.limit)}).`
const own = ({ message }: Refusal): string => message
const say = (text: string) => (): string => text

type Message = (refusal: Refusal) => string

/** Contract, section 5.1: what the chunk handler says, always with status 200 … */
const HANDLER: Record<Code, Message> = {
  UNAUTHENTICATED: say(GONE),
  FORBIDDEN: say('Access denied'),
  NOT_FOUND: say(GONE),
  INVALID: own,
  TOO_LARGE: tooLarge,
  LENGTH_EXCEEDED: own,
  LENGTH_MISMATCH: say('uploadSize != bytesTotal'),
  OFFSET_MISMATCH: own,
  DIGEST_MISMATCH: own,
  FILE_DIGEST_MISMATCH: own,
  EXPIRED: say(GONE),
  CANCELED: say(GONE),
  FAILED: say(NO_FILE),
  COMPLETED: say(GONE),
  INCOMPLETE: own,
  CONFLICT: own,
  LOCKED: own,
  CUT: own,
  STALLED: own,
  NO_SPACE: own,
  THROTTLED: own,
  UNAVAILABLE: own,
}

/** … and 5.2: `/api/2.0`, with real ones. */
const API: Record<Code, readonly [status: number, message: Message]> = {
  UNAUTHENTICATED: [401, own],
  FORBIDDEN: [403, say('Access denied')],
  NOT_FOUND: [404, own],
  INVALID: [400, own],
  TOO_LARGE: [402, tooLarge],
  LENGTH_EXCEEDED: [400, own],
  LENGTH_MISMATCH: [400, own],
  OFFSET_MISMATCH: [409, own],
  DIGEST_MISMATCH: [400, own],
  FILE_DIGEST_MISMATCH: [400, own],
  EXPIRED: [404, say(GONE)],
  CANCELED: [404, say(GONE)],
  FAILED: [404, say(NO_FILE)],
  COMPLETED: [404, say(GONE)],
  INCOMPLETE: [409, own],
  CONFLICT: [409, own],
  LOCKED: [423, own],
  CUT: [400, own],
  STALLED: [408, own],
  NO_SPACE: [507, own],
  THROTTLED: [429, own],
  UNAVAILABLE: [503, own],
}

/** `{"success":false,"data":null,"message":…}`; `error` null for one nobody foresaw */
export function handlerError(error: Refusal | null): Answer {
  const message = error === null ? 'The server failed' : HANDLER[error.code](error)
  return json(200, { success: false, data: null, message })
}

export function apiError(error: Refusal | APIError | null): Answer {
  if (error instanceof APIError) return envelope(error.status, error.message, error.headers)
  if (error === null) return envelope(500, 'The server failed', {})
  const [status, message] = API[error.code]
  const { retryAfter } = error.facts
  return envelope(
    status,
    message(error),
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  )
}

const envelope = (statusCode: number, message: string, headers: Readonly<Record<string, string>>): Answer =>
  json(statusCode, { error: { message }, status: 1, statusCode }, headers)
