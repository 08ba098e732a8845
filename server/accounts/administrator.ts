import { Refusal } from '#errors'
import type { User } from './account.ts'
import { TENANT } from './core.ts'
import { hashPassword, verifyPassword } from './password.ts'
import type { AccountStore, Clock } from './ports.ts'
import { newUser, setPassword, userNameFrom } from './users.ts'

/** The first administrator, as the operator wants them. */
export interface Administrator {
  readonly userName: string
  /** null: leave the password as it is, or unset */
  readonly password: string | null
  /** a key for them that is accepted as long as it is given at start */
  readonly apiKey: string | null
}

type Base = { readonly store: AccountStore; readonly clock: Clock }

/** Makes the operator's wish true, at every start: the user exists, is administrator, has that password. */
export async function installAdministrator(base: Base, wish: Administrator): Promise<User> {
  const userName = userNameFrom(wish.userName)
  const user = await findOrCreate(base, userName)
  if (!user.roles.includes('admin')) {
    const roles = [...user.roles, 'admin'] as const
    await base.store.write((tx) => tx.updateUser(user.id, { roles, updatedAt: base.clock.now() }))
  }
  const { password } = wish
  const set = user.password !== null && password !== null && (await verifyPassword(user.password, password))
  if (password !== null && !set) {
    const stored = await hashPassword(password)
    await base.store.write((tx) => setPassword(tx, user.id, stored, base.clock.now()))
  }
  return (await base.store.user(user.id)) ?? user
}

async function findOrCreate(base: Base, userName: string): Promise<User> {
  const found = await base.store.userByName(TENANT, userName)
  if (found !== null) return found
  const user = newUser(base, { tenant: TENANT, userName, roles: ['admin'], password: null })
  if (await base.store.write((tx) => tx.insertUser(user))) return user
  const raced = await base.store.userByName(TENANT, userName)
  if (raced !== null) return raced
  throw new Refusal('CONFLICT', `there is a user whose name looks like ${userName}`, { field: 'userName' })
}
