import { Refusal } from '#errors'

export const ROLES = ['admin', 'user', 'reader'] as const
export type Role = (typeof ROLES)[number]

/** Whoever makes a request, however they proved it: password, token, key, cookie or a link made to be handed on. */
export interface Principal {
  readonly tenant: string
  /** uuid of the user */
  readonly userID: string
  readonly userName: string
  readonly roles: readonly Role[]
}

export const isAdmin = (principal: Principal): boolean => principal.roles.includes('admin')

/** Readers may read, not write. */
export function assertWriter(principal: Principal): void {
  if (principal.roles.includes('admin') || principal.roles.includes('user')) return
  throw new Refusal('FORBIDDEN', 'readers may not write')
}

export function assertAdmin(principal: Principal): void {
  if (!isAdmin(principal)) throw new Refusal('FORBIDDEN', 'only an administrator may do this')
}
