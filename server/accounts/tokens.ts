import { Refusal } from '#errors'
import type { Token, TokenKind } from './account.ts'
import { type Core, principal, principalOf } from './core.ts'
import { KEY_PREFIX } from './keys.ts'
import type { AccountWriter } from './ports.ts'
import type { Principal } from './principal.ts'
import { equals, hashOf, newSecret } from './secret.ts'

const DAY = 24 * 60 * 60_000
/** ms */
const LIFE: Record<TokenKind, number> = { bearer: DAY, browser: 30 * DAY, link: DAY }

export interface Issued {
  readonly token: string
  /** milliseconds since 1970 */
  readonly expiresAt: number
}

/** A token that acts as the user until it expires. `life` in ms, default 24 h, in a browser 30 days. */
export function issue(core: Core, user: string, kind: TokenKind, life = LIFE[kind]): Promise<Issued> {
  return core.store.write((tx) => insert(core, tx, user, kind, life))
}

async function insert(
  core: Core,
  tx: AccountWriter,
  user: string,
  kind: TokenKind,
  life = LIFE[kind],
): Promise<Issued> {
  const token = newSecret()
  const createdAt = core.clock.now()
  const expiresAt = createdAt + life
  await tx.insertToken({ hash: hashOf(token), kind, user, createdAt, expiresAt })
  return { token, expiresAt }
}

/**
 * Whoever a token or an API key acts for.
 * @throws Refusal UNAUTHENTICATED
 */
export async function bearer(core: Core, secret: string): Promise<Principal> {
  const user = await bearerUser(core, secret)
  const found = user === null ? null : await principal(core, user)
  if (found !== null) return found
  throw new Refusal('UNAUTHENTICATED', 'this token or key is unknown or not valid any more')
}

async function bearerUser(core: Core, secret: string): Promise<string | null> {
  const { id, apiKey } = core.administrator
  if (apiKey !== null && equals(secret, apiKey)) return id
  if (secret.startsWith(KEY_PREFIX)) return (await core.store.key(hashOf(secret)))?.user ?? null
  return (await live(core, secret, 'bearer'))?.user ?? null
}

/** Whoever signed in with this browser; null once that is over. */
export async function browser(core: Core, secret: string): Promise<Principal | null> {
  const token = await live(core, secret, 'browser')
  return token === null ? null : principal(core, token.user)
}

async function live(core: Core, secret: string, kind: TokenKind): Promise<Token | null> {
  const token = await core.store.token(hashOf(secret))
  return token !== null && token.kind === kind && token.expiresAt > core.clock.now() ? token : null
}

/** Ends a token of any kind; one that is over already is no error. */
export async function revoke(core: Core, secret: string): Promise<void> {
  await core.store.write((tx) => tx.removeToken(hashOf(secret)))
}

/** A new one-time sign-in for a user; earlier ones end. */
export function issueLink(core: Core, user: string): Promise<Issued> {
  return core.store.write(async (tx) => {
    await tx.removeTokens(user, ['link'])
    return insert(core, tx, user, 'link')
  })
}

/** Takes a one-time sign-in for a browser's token; null when it was used, is too old or never was. */
export async function redeem(
  core: Core,
  secret: string,
): Promise<{ principal: Principal; issued: Issued } | null> {
  const link = await live(core, secret, 'link')
  const user = link === null ? null : await core.store.user(link.user)
  if (user === null) return null
  return core.store.write(async (tx) => {
    if (!(await tx.removeToken(hashOf(secret)))) return null
    return { principal: principalOf(user), issued: await insert(core, tx, user.id, 'browser') }
  })
}

/** Forgets tokens that are over. */
export const sweep = (core: Core): Promise<void> =>
  core.store.write((tx) => tx.removeExpiredTokens(core.clock.now()))
