import type { User } from './account.ts'
import type { AccountStore, Clock } from './ports.ts'
import type { Principal } from './principal.ts'
import type { Verifier } from './verify.ts'

/** What every use case of this room works with; made once, in `index.ts`. */
export interface Core {
  readonly store: AccountStore
  readonly clock: Clock
  readonly verifier: Verifier
  /** the first administrator, and a key for them that is in no database */
  readonly administrator: { readonly id: string; readonly apiKey: string | null }
}

/** Every user is in this one until there are more; everything carries its tenant all the same. */
export const TENANT = 'main'

export const principalOf = (user: User): Principal => ({
  tenant: user.tenant,
  userID: user.id,
  userName: user.userName,
  roles: user.roles,
})

/** Whoever a user id stands for now; null when the user is gone. */
export async function principal(core: Core, id: string): Promise<Principal | null> {
  const user = await core.store.user(id)
  return user === null ? null : principalOf(user)
}
