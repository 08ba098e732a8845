/**
 * Who calls, and whether they may. Other rooms get a `Principal`, however it was proved; refusals are `Refusal`s.
 */

import { type Administrator, installAdministrator } from './administrator.ts'
import { type Core, principal } from './core.ts'
import { createKey, listKeys, revokeKey } from './keys.ts'
import type { AccountStore, Clock } from './ports.ts'
import type { Principal } from './principal.ts'
import { createSigner, newSecret } from './secret.ts'
import { signIn } from './sign-in.ts'
import { bearer, browser, issue, issueLink, redeem, revoke, sweep } from './tokens.ts'
import { changePassword, createUser, listUsers, type NewUser, type PasswordChange } from './users.ts'
import { type Attempt, Verifier } from './verify.ts'

export interface Dependencies {
  store: AccountStore
  clock: Clock
  administrator: Administrator
}

/** Installs the first administrator and reads the signing secret before it resolves. */
export async function createAccounts({ store, clock, administrator }: Dependencies) {
  const first = await installAdministrator({ store, clock }, administrator)
  const { id } = first
  const core: Core = {
    store,
    clock,
    verifier: new Verifier(),
    administrator: { id, apiKey: administrator.apiKey },
  }
  return {
    /** by user name and password */
    signIn: (attempt: Attempt) => signIn(core, attempt),
    /** by token or API key */
    bearer: (secret: string) => bearer(core, secret),
    /** by the token in a browser's cookie; null when it is over */
    browser: (secret: string) => browser(core, secret),
    /** a token for `Authorization: Bearer`; `life` in ms, default 24 h */
    issueToken: (caller: Principal, life?: number) => issue(core, caller.userID, 'bearer', life),
    issueBrowserToken: (caller: Principal) => issue(core, caller.userID, 'browser'),
    revokeToken: (secret: string) => revoke(core, secret),
    /** A new one-time sign-in for the first administrator; null once they have a password. */
    signInLink: async () =>
      (await store.user(id))?.password === null ? (await issueLink(core, id)).token : null,
    redeemLink: (secret: string) => redeem(core, secret),
    /** Whoever made a link that was handed on, as they are now; null when they are gone. */
    principal: (userID: string) => principal(core, userID),
    createUser: (caller: Principal, init: NewUser) => createUser(core, caller, init),
    listUsers: (caller: Principal) => listUsers(core, caller),
    changePassword: (caller: Principal, change: PasswordChange) => changePassword(core, caller, change),
    createKey: (caller: Principal, name: string) => createKey(core, caller, name),
    listKeys: (caller: Principal) => listKeys(core, caller),
    revokeKey: (caller: Principal, keyID: string) => revokeKey(core, caller, keyID),
    /**
     * `sign(parts)` and `verify(parts, signature)` for links that are made to be handed on. Let the first part name the
     * kind of link, so that no signature holds for another kind.
     */
    ...createSigner(await store.write((tx) => tx.secret('links', newSecret()))),
    sweep: () => sweep(core),
  }
}

export type Accounts = Awaited<ReturnType<typeof createAccounts>>
export type { Key, Token, TokenKind, User } from './account.ts'
export type { Administrator } from './administrator.ts'
export { TENANT } from './core.ts'
export type { AccountReader, AccountStore, AccountWriter } from './ports.ts'
export { assertAdmin, assertWriter, isAdmin, type Principal, ROLES, type Role } from './principal.ts'
export type { Issued } from './tokens.ts'
export type { NewUser } from './users.ts'
export type { Attempt } from './verify.ts'
