import { assertWriter, type Principal } from '#accounts'
import { notFound, Refusal } from '#errors'
import type { Exchange } from '#http'
import type { Session } from '#sessions'
import { koreFile } from './file.ts'
import type { Services } from './services.ts'

/** @throws Refusal UNAUTHENTICATED, THROTTLED */
export async function caller(services: Services, { req }: Exchange): Promise<Principal> {
  const principal = await services.authenticate(req)
  if (principal === null) throw new Refusal('UNAUTHENTICATED', 'the header x-api-key is missing')
  return principal
}

/** @throws Refusal UNAUTHENTICATED, THROTTLED, FORBIDDEN */
export async function writer(services: Services, exchange: Exchange): Promise<Principal> {
  const principal = await caller(services, exchange)
  assertWriter(principal)
  return principal
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The caller's session of this protocol. @throws Refusal NOT_FOUND */
export async function sessionOf(services: Services, principal: Principal, id: string): Promise<Session> {
  if (!UUID.test(id)) throw notFound('session', id)
  const session = await services.sessions.read(principal, id.toLowerCase())
  if (session.protocol !== 'kore' || koreFile(session).single) throw notFound('session', id)
  return session
}
