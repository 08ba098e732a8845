import { Refusal } from '#errors'
import { type Core, principalOf, TENANT } from './core.ts'
import type { Principal } from './principal.ts'
import type { Attempt } from './verify.ts'

/**
 * Whoever has this name and password.
 * @throws Refusal UNAUTHENTICATED, alike for a wrong password and an unknown name; THROTTLED after too many wrong ones
 */
export async function signIn(core: Core, attempt: Attempt): Promise<Principal> {
  const userName = attempt.userName.normalize('NFC')
  const user = await core.store.userByName(TENANT, userName)
  if ((await core.verifier.verify(user, { ...attempt, userName })) && user !== null) return principalOf(user)
  throw new Refusal('UNAUTHENTICATED', 'user name or password is wrong')
}
