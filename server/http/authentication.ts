import type { IncomingMessage } from 'node:http'
import type { Accounts, Principal } from '#accounts'
import { Refusal } from '#errors'
import { cookie } from './cookie.ts'
import { header } from './exchange.ts'
import { addressOf, type Trust } from './origin.ts'
import { assertSameSite } from './same-site.ts'
import { exchangeOf } from './server.ts'

/** The cookie of a browser that signed in on our own page. */
export const SESSION_COOKIE = 'slipway_session'
/** The cookie that ONLYOFFICE clients carry their token in. */
const ONLYOFFICE_COOKIE = 'asc_auth_key'

export interface AuthenticationOptions {
  readonly accounts: Accounts
  readonly trust: Trust
  readonly publicURL: string | null
}

/**
 * Who makes a request, by whichever habit; null when it brings no credential.
 * @throws Refusal UNAUTHENTICATED (a credential that does not hold), THROTTLED (`retryAfter` in seconds), FORBIDDEN
 *   (`what` is `cross-site`: a page elsewhere uses the browser's cookie)
 */
export type Authenticate = (req: IncomingMessage) => Promise<Principal | null>

export function createAuthentication(options: AuthenticationOptions): Authenticate {
  return async (req) => {
    const principal = await identify(options, req)
    const exchange = exchangeOf(req)
    if (exchange !== undefined) exchange.principal = principal
    return principal
  }
}

async function identify(options: AuthenticationOptions, req: IncomingMessage): Promise<Principal | null> {
  const { accounts } = options
  const authorization = header(req, 'authorization')
  if (authorization !== undefined) return authorize(options, req, authorization.trim())
  const token = header(req, 'x-api-key') ?? header(req, 'x-authentication-token')
  if (token !== undefined) return accounts.bearer(token)
  const key = cookie(req, ONLYOFFICE_COOKIE)
  if (key !== undefined) {
    assertSameSite(req, options)
    return accounts.bearer(key)
  }
  const session = cookie(req, SESSION_COOKIE)
  if (session === undefined) return null
  const principal = await accounts.browser(session)
  if (principal !== null) assertSameSite(req, options)
  return principal
}

async function authorize(options: AuthenticationOptions, req: IncomingMessage, value: string) {
  const [, scheme, rest = ''] = /^(basic|bearer)(?:\s+(.*))?$/i.exec(value) ?? []
  if (scheme?.toLowerCase() === 'basic') {
    const address = addressOf(req, options.trust)
    return options.accounts.signIn({ ...basicCredential(rest), address })
  }
  const token = scheme === undefined ? value : rest
  if (/^[\x21-\x7e]+$/.test(token)) return options.accounts.bearer(token)
  throw new Refusal('UNAUTHENTICATED', 'the Authorization header is neither Basic, nor Bearer, nor a token')
}

/** RFC 7617 with `charset="UTF-8"`: the user name ends at the first colon. */
function basicCredential(encoded: string): { userName: string; password: string } {
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0)
    throw new Refusal('UNAUTHENTICATED', 'the Basic credential is not a user name, a colon and a password')
  return { userName: text.slice(0, colon), password: text.slice(colon + 1) }
}
