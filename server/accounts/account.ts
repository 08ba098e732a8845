/** Who there is, and by what they prove it. */

import type { Role } from './principal.ts'

export interface User {
  /** uuid */
  readonly id: string
  readonly tenant: string
  /** exactly as it was given (NFC); sign-in compares it exactly */
  readonly userName: string
  /** what names that look alike have in common; unique in the tenant */
  readonly nameKey: string
  readonly roles: readonly Role[]
  /** argon2id as a PHC string; null while no password was set */
  readonly password: string | null
  /** milliseconds since 1970 */
  readonly createdAt: number
  readonly updatedAt: number
}

/** A key for programs: valid until it is revoked. Only the hash is kept. */
export interface Key {
  /** uuid */
  readonly id: string
  /** uuid of the user it acts for */
  readonly user: string
  readonly name: string
  /** SHA-256 of the key, lower-case hex */
  readonly hash: string
  readonly createdAt: number
}

/** `bearer`: handed to a program; `browser`: in a cookie; `link`: signs in once. */
export type TokenKind = 'bearer' | 'browser' | 'link'

/** A secret with an end. Only the hash is kept. */
export interface Token {
  /** SHA-256 of the token, lower-case hex */
  readonly hash: string
  readonly kind: TokenKind
  /** uuid of the user it acts for */
  readonly user: string
  readonly createdAt: number
  /** milliseconds since 1970 */
  readonly expiresAt: number
}
