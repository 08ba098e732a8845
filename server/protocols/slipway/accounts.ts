import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import type { Issued, Key, Principal, User } from '#accounts'
import { cookie, SESSION_COOKIE } from '#http'
import { type API, originOfCall, timestamp } from './api.ts'
import type { NewUser, PasswordChange, SignIn } from './schemas.ts'

const viewPrincipal = ({ userID, userName, roles, tenant }: Principal) => ({
  user: { id: userID, userName, roles: [...roles], tenant },
})

const viewUser = ({ id, userName, roles, tenant }: User) => ({ id, userName, roles: [...roles], tenant })
const viewKey = ({ id, name, createdAt }: Key) => ({ id, name, createdAt: timestamp(createdAt) })

export const readMe = (principal: Principal) => viewPrincipal(principal)

/** A browser signs in: the answer and the cookie that goes with it. */
export async function signIn(api: API, req: IncomingMessage, said: z.output<typeof SignIn>) {
  const { address, assertSameSite } = originOfCall(api, req)
  assertSameSite()
  const principal = await api.accounts.signIn({ ...said, address })
  const issued = await api.accounts.issueBrowserToken(principal)
  return { answer: viewPrincipal(principal), cookie: cookieOf(api, req, issued) }
}

/** A browser signs out, whether or not it was signed in. */
export async function signOut(api: API, req: IncomingMessage): Promise<string> {
  originOfCall(api, req).assertSameSite()
  const token = cookie(req, SESSION_COOKIE)
  if (token !== undefined) await api.accounts.revokeToken(token)
  return cookieOf(api, req, { token: '', expiresAt: 0 })
}

/** The printed one-time link: where to go, and the cookie when it held. */
export async function redeemLink(api: API, req: IncomingMessage, token: string) {
  const redeemed = await api.accounts.redeemLink(token)
  if (redeemed === null) return { location: '/?signin=used', cookie: null }
  return { location: '/', cookie: cookieOf(api, req, redeemed.issued) }
}

/** A browser that changes its password stays signed in, by a new token. */
export async function changePassword(
  api: API,
  req: IncomingMessage,
  principal: Principal,
  said: z.output<typeof PasswordChange>,
): Promise<string | null> {
  const { address } = originOfCall(api, req)
  const before = cookie(req, SESSION_COOKIE)
  const signedIn = before !== undefined && (await api.accounts.browser(before))?.userID === principal.userID
  await api.accounts.changePassword(principal, { ...said, address })
  if (!signedIn) return null
  return cookieOf(api, req, await api.accounts.issueBrowserToken(principal))
}

export async function createUser(api: API, principal: Principal, said: z.output<typeof NewUser>) {
  const { roles, ...rest } = said
  return viewUser(
    await api.accounts.createUser(principal, { ...rest, ...(roles !== undefined && { roles }) }),
  )
}

export const listUsers = async (api: API, principal: Principal) => ({
  users: (await api.accounts.listUsers(principal)).map(viewUser),
})

export const createKey = (api: API, principal: Principal, name: string) =>
  api.accounts.createKey(principal, name)

export const listKeys = async (api: API, principal: Principal) => ({
  keys: (await api.accounts.listKeys(principal)).map(viewKey),
})

function cookieOf(api: API, req: IncomingMessage, { token, expiresAt }: Issued): string {
  const seconds = token === '' ? 0 : Math.max(0, Math.floor((expiresAt - Date.now()) / 1000))
  const secure = originOfCall(api, req).secure ? '; Secure' : ''
  return `${SESSION_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`
}
