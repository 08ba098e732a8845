import type { Principal } from '#accounts'
import { type Exchange, header } from '#http'
import { bare, Ended } from './errors.ts'
import { isPresigned, type Link, openLink } from './presign.ts'
import { isStrict, type Services } from './services.ts'

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
  return Object.assign(exchange, { caller: await actorOn(services, caller, exchange), link: null })
}

/**
 * Section 12: "any authenticated user of the same tenant who knows the id can read, write, cancel, copy". Strict only:
 * they act on the session as its owner, with the roles they have.
 */
async function actorOn(services: Services, caller: Principal, { params }: Exchange): Promise<Principal> {
  const { uploadId } = params
  if (uploadId === undefined || !isStrict(services)) return caller
  const session = await services.sessions.read({ ...caller, roles: ['admin'] }, uploadId)
  return { ...caller, userID: session.owner, userName: session.ownerName }
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
