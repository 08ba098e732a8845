import { randomUUID } from 'node:crypto'
import { invalid, Refusal } from '#errors'
import type { User } from './account.ts'
import type { Core } from './core.ts'
import { hashPassword } from './password.ts'
import type { AccountWriter } from './ports.ts'
import { assertAdmin, type Principal, ROLES, type Role } from './principal.ts'

export interface NewUser {
  readonly userName: string
  readonly password: string
  /** default: `user` */
  readonly roles?: readonly Role[]
}

/** Characters a user name or a password may have at most. */
const LONGEST = 255

/** Adds somebody to the caller's tenant. @throws Refusal FORBIDDEN, INVALID, CONFLICT (the name is taken) */
export async function createUser(core: Core, caller: Principal, init: NewUser): Promise<User> {
  assertAdmin(caller)
  const userName = userNameFrom(init.userName)
  const roles = init.roles ?? ['user']
  if (roles.length === 0 || !roles.every((role) => ROLES.includes(role)))
    throw invalid('roles', `must be one or more of ${ROLES.join(', ')}`)
  const password = await hashPassword(passwordFrom(init.password))
  const user = newUser(core, { tenant: caller.tenant, userName, roles: [...new Set(roles)], password })
  if (await core.store.write((tx) => tx.insertUser(user))) return user
  throw new Refusal('CONFLICT', `there is a user of that name, or of one that looks like ${userName}`, {
    field: 'userName',
  })
}

/** Everybody in the caller's tenant, by name. @throws Refusal FORBIDDEN */
export function listUsers(core: Core, caller: Principal): Promise<User[]> {
  assertAdmin(caller)
  return core.store.users(caller.tenant)
}

export const newUser = (
  core: Pick<Core, 'clock'>,
  said: Pick<User, 'tenant' | 'userName' | 'roles' | 'password'>,
): User => ({
  ...said,
  id: randomUUID(),
  nameKey: said.userName.normalize('NFKC').toLowerCase(),
  createdAt: core.clock.now(),
  updatedAt: core.clock.now(),
})

/** @throws Refusal INVALID */
export function userNameFrom(given: string): string {
  const name = given.normalize('NFC')
  if (name === '' || name.length > LONGEST) throw invalid('userName', `must have 1 to ${LONGEST} characters`)
  // RFC 7617, 2: "a user-id containing a colon character is invalid".
  if (/[\p{C}\p{Zl}\p{Zp}:]/u.test(name))
    throw invalid('userName', 'must not contain colons, control or invisible characters')
  if (name !== name.trim()) throw invalid('userName', 'must not begin or end with a space')
  return name
}

/** @throws Refusal INVALID */
function passwordFrom(given: string): string {
  if (given === '' || given.length > LONGEST)
    throw invalid('password', `must have 1 to ${LONGEST} characters`)
  // RFC 7617, 2: neither part of a Basic credential may contain control characters.
  if (/\p{Cc}/u.test(given)) throw invalid('password', 'must not contain control characters')
  return given
}

export interface PasswordChange {
  /** not looked at while no password is set */
  readonly current: string
  readonly password: string
  /** where the wish comes from, for the throttle */
  readonly address: string
}

/**
 * Sets the caller's own password. Every token of theirs ends; keys go on.
 * @throws Refusal INVALID (`field` is `current` or `password`), THROTTLED
 */
export async function changePassword(core: Core, caller: Principal, change: PasswordChange): Promise<void> {
  const user = await core.store.user(caller.userID)
  if (user === null) throw new Refusal('UNAUTHENTICATED', 'this user is gone')
  const attempt = { userName: user.userName, password: change.current, address: change.address }
  if (user.password !== null && !(await core.verifier.verify(user, attempt)))
    throw invalid('current', 'is not the current password')
  const password = await hashPassword(passwordFrom(change.password))
  await core.store.write((tx) => setPassword(tx, user.id, password, core.clock.now()))
}

export async function setPassword(
  tx: AccountWriter,
  user: string,
  password: string,
  now: number,
): Promise<void> {
  await tx.updateUser(user, { password, updatedAt: now })
  await tx.removeTokens(user, ['bearer', 'browser', 'link'])
}
