import type { Principal } from '#accounts'
import { type Exchange, header } from '#http'
import { bare, Ended } from './errors.ts'
import { isPresigned, type Link, openLink } from './presign.ts'
import type { Services } from './services.ts'

/** One authenticated request. */
export interface Call extends Exchange {
  readonly caller: Principal
  /** the presigned link it was made with, else null */
  readonly link: Link | null
}

/** A scheme the server knows with something after it, or a token alone. */
const KNOWN = /^(?:bearer|basic)\s+\S|^(?!(?:bearer|basic)$)\S+$/i

/** Who calls: by a link when there is one, else by any habit the server knows. */
export async function identify(services: Services, exchange: Exchange): Promise<Call> {
  if (isPresigned(exchange.query)) return byLink(services, exchange)
  const authorization = header(exchange.req, 'authorization')?.trim()
  // "no/other Authorization scheme, or `Bearer` with nothing after it: 401, empty"
  if (authorization !== undefined && !KNOWN.test(authorization)) throw new Ended(bare(401))
  const caller = await services.authenticate(exchange.req)
  if (caller === null) throw new Ended(bare(401))
  exchange.principal = caller
  return Object.assign(exchange, { caller, link: null })
}

async function byLink({ accounts }: Services, exchange: Exchange): Promise<Call> {
  const { req, query } = exchange
  const path = exchange.path.slice('/api/'.length)
  const link = openLink(accounts, { method: req.method ?? '', path, query }, Date.now())
  const caller = link === null ? null : await accounts.principal(link.owner)
  if (caller === null) throw new Ended(bare(401))
  exchange.principal = caller
  return Object.assign(exchange, { caller, link })
}
