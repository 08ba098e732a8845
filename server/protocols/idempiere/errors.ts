import type { Code, Refusal } from '#errors'
import { type Answer, json } from '#http'

/** An answer that ends a request early. */
export class Ended extends Error {
  override readonly name = 'Ended'
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`answered with ${answer.status}`)
    this.answer = answer
  }
}

/** E1, section 2: `{"title": string, "status": number, "detail": string}`, "`detail` left out when empty". */
export const problem = (status: number, title: string, detail = ''): Answer =>
  json(status, detail === '' ? { title, status } : { title, status, detail })

/** E2: `{"error": "…"}`. */
export const plainError = (message: string): Answer => json(400, { error: message })

/** E4: "any failure on a presigned request" is 400, and its text tells nothing. */
export const concealed: Answer = {
  status: 400,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'Something went wrong ...',
}

/** E5: what the original's container answers. */
export const bare = (status: number, text = ''): Answer =>
  text === '' ? { status } : { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text }

/** What a refusal is about, for titles that name it. */
export interface About {
  /** title of what the call was trying to do, where the refusal has none of its own */
  readonly failed: string
  /** the id in the path */
  readonly id?: string
}

interface Form {
  readonly status: number
  /** null: what the call was trying to do */
  readonly title: string | null
  /** default: the refusal's own sentence */
  readonly detail?: (refusal: Refusal, about: About) => string
}

const id = (_: Refusal, about: About): string => about.id ?? ''

/** Section 2.1, and our own answers where the original has none. */
const FORMS: Record<Code, Form> = {
  UNAUTHENTICATED: { status: 401, title: 'Unauthorized' },
  FORBIDDEN: { status: 403, title: 'Access denied' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  INVALID: { status: 400, title: null },
  TOO_LARGE: { status: 413, title: null },
  LENGTH_EXCEEDED: { status: 413, title: null },
  LENGTH_MISMATCH: { status: 400, title: null },
  OFFSET_MISMATCH: { status: 409, title: null },
  DIGEST_MISMATCH: { status: 400, title: null },
  FILE_DIGEST_MISMATCH: { status: 409, title: null },
  EXPIRED: { status: 410, title: 'Upload session has expired: ', detail: id },
  CANCELED: { status: 400, title: 'Upload session has been canceled: ', detail: id },
  FAILED: { status: 409, title: 'Upload session is already: failed', detail: id },
  COMPLETED: { status: 409, title: 'Upload session is already: completed', detail: id },
  INCOMPLETE: { status: 400, title: 'Upload is not completed yet or cancelled', detail: id },
  CONFLICT: { status: 409, title: null },
  LOCKED: { status: 409, title: null },
  CUT: { status: 400, title: null },
  STALLED: { status: 408, title: null },
  NO_SPACE: { status: 507, title: null },
  THROTTLED: { status: 429, title: 'Too many requests' },
  UNAVAILABLE: { status: 503, title: null },
}

/** What was not found, in the original's words (section 2.1). */
const ABSENT: Record<string, (key: string) => Answer> = {
  upload: (key) => problem(404, 'Upload session not found: ', key),
  table: (key) => problem(404, 'Invalid table name', `No match found for table name: ${key}`),
  record: (key) => problem(404, 'Record not found', `No record found matching id: ${key}`),
  entry: (key) => problem(404, 'Record not found', `No record found matching id: ${key}`),
}

/** A refusal of the core in this protocol's form. */
export function answerFor(refusal: Refusal, about: About, strict: boolean): Answer {
  const { code, facts, message } = refusal
  // "A reader's write is 403 (original: 401)"
  if (strict && code === 'FORBIDDEN') return bare(401)
  if (code === 'NOT_FOUND') {
    const absent = ABSENT[facts.what ?? '']
    if (absent !== undefined) return absent(String(facts.received ?? about.id ?? ''))
  }
  const { status, title, detail } = FORMS[code]
  const answer = problem(status, title ?? about.failed, detail?.(refusal, about) ?? message)
  if (facts.retryAfter === undefined) return answer
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(facts.retryAfter) } }
}
