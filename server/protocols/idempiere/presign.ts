import type { Accounts } from '#accounts'
import { linkDate } from './time.ts'

/** Section 7: the parameters, "upper case, in that order". */
const CREDENTIAL = 'X-ID-CREDENTIAL'
const DATE = 'X-ID-DATE'
const EXPIRES = 'X-ID-EXPIRES'
const SIGNATURE = 'X-ID-SIGNATURE'

export interface LinkRequest {
  /** uuid of the user it acts as */
  readonly owner: string
  readonly method: 'GET' | 'PUT'
  /** relative to `/api/`, without a leading slash; the link holds for it and for what lies below */
  readonly path: string
  /** milliseconds since 1970 */
  readonly from: number
  /** seconds */
  readonly life: number
}

/** A link that was presented and holds. */
export interface Link {
  readonly owner: string
  /** milliseconds since 1970 */
  readonly until: number
}

type Signer = Pick<Accounts, 'sign' | 'verify'>

/** HMAC-SHA256 with a server secret over all that a link says. */
const parts = (method: string, path: string, credential: string, date: string, life: string) => [
  'idempiere link',
  method,
  path,
  credential,
  date,
  life,
]

/** The query of a link. */
export function presign({ sign }: Signer, request: LinkRequest, local: boolean): string {
  const { owner, method, path, from, life } = request
  const date = linkDate(from, local)
  const credential = Buffer.from(JSON.stringify([owner, method, path, from])).toString('base64url')
  const signature = sign(parts(method, path, credential, date, String(life)))
  // "SIGNATURE: lower-case hex"
  const hex = Buffer.from(signature, 'base64url').toString('hex')
  return `${CREDENTIAL}=${credential}&${DATE}=${date}&${EXPIRES}=${life}&${SIGNATURE}=${hex}`
}

/** "a request with a non-empty `X-ID-SIGNATURE` ignores the Bearer header" */
export const isPresigned = (query: URLSearchParams): boolean => (query.get(SIGNATURE) ?? '') !== ''

/** The link a request was made with; null when it does not hold, for whatever reason. */
export function openLink(
  { verify }: Signer,
  request: { readonly method: string; readonly path: string; readonly query: URLSearchParams },
  now: number,
): Link | null {
  const [credential = '', date = '', life = '', hex = ''] = [CREDENTIAL, DATE, EXPIRES, SIGNATURE].map(
    (name) => request.query.get(name) ?? '',
  )
  if (!/^[0-9a-f]{64}$/.test(hex)) return null
  const said = readCredential(credential)
  if (said === null) return null
  const [owner, method, path, from] = said
  const signature = Buffer.from(hex, 'hex').toString('base64url')
  if (!verify(parts(method, path, credential, date, life), signature)) return null
  if (method !== request.method || !covers(path, request.path)) return null
  const until = from + Number(life) * 1000
  return until > now ? { owner, until } : null
}

/** "path match on a `/` boundary" */
const covers = (path: string, asked: string): boolean => asked === path || asked.startsWith(`${path}/`)

function readCredential(text: string): [owner: string, method: string, path: string, from: number] | null {
  try {
    const said: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (!Array.isArray(said) || said.length !== 4) return null
    const [owner, method, path, from] = said as unknown[]
    if (typeof owner !== 'string' || typeof method !== 'string' || typeof path !== 'string') return null
    return typeof from === 'number' ? [owner, method, path, from] : null
  } catch {
    return null
  }
}
