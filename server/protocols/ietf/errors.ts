import { type Code, type Facts, Refusal } from '#errors'
import type { Answer } from '#http'
import type { Dialect } from './versions.ts'

/** What only this protocol refuses: a status of its own. */
export class Rejection extends Error {
  override readonly name = 'Rejection'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

const IANA = 'https://iana.org/assignments/http-problem-types#'

interface Form {
  readonly status: number | 'gone' | ((facts: Facts) => number)
  readonly title: string
  readonly type?: string
  /** further members of the problem document */
  readonly members?: (facts: Facts) => Record<string, unknown>
  readonly headers?: (facts: Facts) => Record<string, string>
}

const digests = ({ expected, received }: Facts) => ({ expected, calculated: received })
const lengths = ({ expected, received, limit }: Facts) => ({ expected: expected ?? limit, received })
const retry = ({ retryAfter = 1 }: Facts) => ({ 'Retry-After': String(retryAfter) })
/** Draft, 7.2 */
const INCONSISTENT: Form = {
  status: 400,
  title: 'inconsistent length values for upload',
  type: `${IANA}inconsistent-upload-length`,
  members: lengths,
}

const FORMS: Record<Code, Form> = {
  UNAUTHENTICATED: {
    status: 401,
    title: 'credentials are needed',
    // Not Basic: browsers would ask for a password over every page that calls.
    headers: () => ({ 'WWW-Authenticate': 'Bearer realm="Slipway"' }),
  },
  FORBIDDEN: { status: 403, title: 'not allowed' },
  // A table or record that a creation names is part of what it says, not what it asks for.
  NOT_FOUND: { status: ({ what }) => (what === 'upload' ? 404 : 400), title: 'not found' },
  INVALID: { status: 400, title: 'malformed request', members: ({ field }) => ({ field }) },
  TOO_LARGE: { status: 413, title: 'too large', members: ({ limit }) => ({ limit }) },
  LENGTH_EXCEEDED: INCONSISTENT,
  LENGTH_MISMATCH: INCONSISTENT,
  // Draft, 7.1: "the `expected-offset` and `provided-offset` members"
  OFFSET_MISMATCH: {
    status: 409,
    title: 'offset from request does not match offset of resource',
    type: `${IANA}mismatching-upload-offset`,
    members: ({ expected, received }) => ({ 'expected-offset': expected, 'provided-offset': received }),
  },
  DIGEST_MISMATCH: { status: 400, title: 'the content does not have the promised digest', members: digests },
  FILE_DIGEST_MISMATCH: {
    status: 400,
    title: 'the file does not have the promised digest',
    members: digests,
  },
  EXPIRED: { status: 'gone', title: 'the upload is over' },
  CANCELED: { status: 'gone', title: 'the upload was canceled' },
  FAILED: { status: 'gone', title: 'the upload failed' },
  // Draft -04 to -08: "MUST respond with a 400 (Bad Request) status code"
  COMPLETED: { status: 400, title: 'upload is already completed', type: `${IANA}completed-upload` },
  INCOMPLETE: { status: 400, title: 'the upload is not complete' },
  // Not 409: that is the answer to a wrong offset, and clients act on it.
  CONFLICT: { status: 400, title: 'contradicts what was said before', members: ({ field }) => ({ field }) },
  LOCKED: { status: 423, title: 'another request is writing', headers: retry },
  CUT: { status: 400, title: 'the request was cut' },
  STALLED: { status: 408, title: 'the request stalled' },
  NO_SPACE: { status: 507, title: 'no space is left' },
  THROTTLED: { status: 429, title: 'too many attempts', headers: retry },
  UNAVAILABLE: { status: 503, title: 'the server cannot work at the moment', headers: retry },
}

/** A refusal as a problem document (RFC 9457); null for an error nobody foresaw. */
export function problemOf(error: unknown, { gone }: Dialect): Answer | null {
  if (error instanceof Rejection) return problem(error.status, error.message, {}, error.headers)
  if (!(error instanceof Refusal)) return null
  const { code, facts, message } = error
  const form = FORMS[code]
  const given = form.status === 'gone' ? gone : form.status
  const status = typeof given === 'number' ? given : given(facts)
  const members = { type: form.type, title: form.title, code, ...form.members?.(facts) }
  return problem(status, message, members, form.headers?.(facts))
}

export function problem(
  status: number,
  detail: string,
  members: Record<string, unknown> = {},
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const document = { type: 'about:blank', ...defined(members), status, detail }
  return {
    status,
    headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify(document),
  }
}

const defined = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
