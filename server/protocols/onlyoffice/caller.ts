import { assertWriter, type Principal } from '#accounts'
import { Refusal } from '#errors'
import type { Exchange } from '#http'
import type { Services } from './services.ts'

/** @throws Refusal UNAUTHENTICATED, THROTTLED */
export async function caller(services: Services, { req }: Exchange): Promise<Principal> {
  const principal = await services.authenticate(req)
  if (principal === null) throw new Refusal('UNAUTHENTICATED', 'Unauthorized')
  return principal
}

/** @throws Refusal UNAUTHENTICATED, THROTTLED, FORBIDDEN */
export async function writer(services: Services, exchange: Exchange): Promise<Principal> {
  const principal = await caller(services, exchange)
  assertWriter(principal)
  return principal
}
