import { type ServerResponse, STATUS_CODES } from 'node:http'
import { type Code, Refusal } from '#errors'

export const PROBLEM = 'application/problem+json; charset=utf-8'

type Form = readonly [status: number, title: string]

/** Every refusal of the core as a problem of this API. */
const FORMS: Record<Code, Form> = {
  UNAUTHENTICATED: [401, 'Sign in first'],
  FORBIDDEN: [403, 'Not allowed'],
  NOT_FOUND: [404, 'Not found'],
  INVALID: [400, 'Invalid request'],
  TOO_LARGE: [413, 'Too large'],
  LENGTH_EXCEEDED: [413, 'More bytes than declared'],
  LENGTH_MISMATCH: [409, 'Lengths contradict each other'],
  OFFSET_MISMATCH: [409, 'Wrong offset'],
  DIGEST_MISMATCH: [400, 'Digests differ'],
  FILE_DIGEST_MISMATCH: [409, 'Digests differ'],
  EXPIRED: [409, 'Upload expired'],
  CANCELED: [409, 'Upload canceled'],
  FAILED: [409, 'Upload failed'],
  COMPLETED: [409, 'Upload is complete'],
  INCOMPLETE: [409, 'Upload is not complete'],
  CONFLICT: [409, 'Conflict'],
  LOCKED: [423, 'In use'],
  CUT: [400, 'Request was cut short'],
  STALLED: [408, 'No bytes came'],
  NO_SPACE: [507, 'No room left'],
  THROTTLED: [429, 'Too many wrong passwords'],
  UNAVAILABLE: [503, 'Not available'],
}

interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly [member: string]: unknown
}

export interface ProblemAnswer {
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>
}

/** Any error as a problem document (RFC 9457). Nothing of an unforeseen one is told. */
export function problemOf(error: unknown): ProblemAnswer {
  if (error instanceof Refusal) return refused(error)
  const status = statusOf(error)
  if (status < 400 || status > 499) return plain(500, 'internal', 'something went wrong here')
  const wrong = firstIssue(error)
  if (wrong !== null) return plain(400, 'invalid', `${wrong.field} ${wrong.why}`, { field: wrong.field })
  return plain(status, CODES[status] ?? 'invalid', (error as Error).message)
}

/** Of what the framework refuses by itself. */
const CODES: Readonly<Record<number, string>> = {
  404: 'not-found',
  413: 'too-large',
  415: 'unsupported-media-type',
}

function refused({ code, message, facts }: Refusal): ProblemAnswer {
  const [status, title] = FORMS[code]
  const name = facts.what === 'cross-site' ? facts.what : code.toLowerCase().replaceAll('_', '-')
  const { what: _, retryAfter, ...members } = facts
  const shown = code === 'NOT_FOUND' ? {} : members
  return {
    problem: { ...plain(status, name, message, shown).problem, title },
    headers: {
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      // No Basic here: it would make browsers ask by themselves, on top of the sign-in page.
      ...(status === 401 && { 'www-authenticate': 'Bearer realm="Slipway"' }),
    },
  }
}

const plain = (status: number, code: string, detail: string, members: object = {}): ProblemAnswer => ({
  problem: { type: 'about:blank', title: STATUS_CODES[status] ?? '', status, detail, code, ...members },
  headers: {},
})

/** What a schema found wrong: the member, and why. */
function firstIssue(error: unknown): { field: string; why: string } | null {
  const [issue] = (error as { validation?: { instancePath?: string; message?: string }[] }).validation ?? []
  if (issue === undefined) return null
  const field = (issue.instancePath ?? '').replace(/^\//, '').replaceAll('/', '.')
  const why = (issue.message ?? 'is invalid').replace(/^Invalid input: /, 'is wrong: ')
  return { field: field === '' ? 'body' : field, why: why.charAt(0).toLowerCase() + why.slice(1) }
}

/** The framework's own errors carry a status. */
const statusOf = (error: unknown): number =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 500

/** Answers outside of the framework. */
export function writeProblem(res: ServerResponse, error: unknown): void {
  const { problem, headers } = problemOf(error)
  res.writeHead(problem.status, { ...headers, 'content-type': PROBLEM }).end(JSON.stringify(problem))
}
