import type { IncomingMessage } from 'node:http'
import type { Accounts, Principal } from '#accounts'
import type { Config } from '#config'
import { Refusal } from '#errors'
import { type Authenticate, addressOf, assertSameSite, originOf, type Trust } from '#http'
import type { Records } from '#records'
import type { Sessions } from '#sessions'

export const BASE = '/api/slipway/v1'

/** What the room works with. */
export interface API {
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly records: Records
  readonly authenticate: Authenticate
  readonly trust: Trust
  readonly config: Config
  /** of this server */
  readonly version: string
}

/** @throws Refusal UNAUTHENTICATED, THROTTLED, FORBIDDEN */
export async function caller(api: API, req: IncomingMessage): Promise<Principal> {
  const principal = await api.authenticate(req)
  if (principal === null) throw new Refusal('UNAUTHENTICATED', 'sign in first')
  return principal
}

/** Where a request comes from, as accounts want to know it. */
export const originOfCall = (api: API, req: IncomingMessage) => ({
  address: addressOf(req, api.trust),
  secure: originOf(req, api.trust, api.config.publicURL).startsWith('https:'),
  assertSameSite: () => assertSameSite(req, { trust: api.trust, publicURL: api.config.publicURL }),
})

/** RFC 3339 in UTC. */
export const timestamp = (ms: number): string => new Date(ms).toISOString()
export const timestampOrNull = (ms: number | null): string | null => (ms === null ? null : timestamp(ms))
