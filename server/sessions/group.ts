import { randomUUID } from 'node:crypto'
import { assertWriter, isAdmin, type Principal } from '#accounts'
import { notFound } from '#errors'
import type { Core } from './core.ts'
import type { Tx } from './ports.ts'
import type { Protocol } from './session.ts'

/** Uploads that begin, live and end together. A session names its group and its place in it. */
export interface Group {
  /** uuid, lower case */
  readonly id: string
  readonly tenant: string
  /** uuid of the user who began it */
  readonly owner: string
  readonly ownerName: string
  readonly protocol: Protocol
  /** whoever of the tenant knows the id may use it, not its owner alone */
  readonly shared: boolean
  /** what only the group's own protocol understands */
  readonly attributes: Readonly<Record<string, unknown>>
  /** milliseconds since 1970 */
  readonly createdAt: number
  /** end of its life, milliseconds since 1970; 0 once it was dropped */
  readonly expiresAt: number
  /** milliseconds by which bytes that arrive in any of its sessions renew `expiresAt`; 0 when they do not */
  readonly ttl: number
}

export interface NewGroup {
  readonly protocol: Protocol
  readonly shared?: boolean
  readonly attributes?: Readonly<Record<string, unknown>>
  /** ms; `sliding`: renewed by every commit of bytes in the group, for the unfinished sessions in it too */
  readonly life: { readonly ms: number; readonly sliding: boolean }
}

/** @throws Refusal FORBIDDEN (readers) */
export async function createGroup(core: Core, principal: Principal, init: NewGroup): Promise<Group> {
  assertWriter(principal)
  const now = core.clock.now()
  const group: Group = {
    id: randomUUID(),
    tenant: principal.tenant,
    owner: principal.userID,
    ownerName: principal.userName,
    protocol: init.protocol,
    shared: init.shared ?? false,
    attributes: init.attributes ?? {},
    createdAt: now,
    expiresAt: now + init.life.ms,
    ttl: init.life.sliding ? init.life.ms : 0,
  }
  await core.db.write((tx) => tx.groups.insert(group))
  return group
}

/**
 * A living group the caller may use.
 * @throws Refusal NOT_FOUND: never was, is over, or is somebody else's
 */
export async function readGroup(core: Core, principal: Principal, id: string): Promise<Group> {
  const group = await core.db.groups.get(id)
  if (group === null || !mayUse(principal, group) || group.expiresAt <= core.clock.now())
    throw notFound('group', id)
  return group
}

function mayUse(principal: Principal, group: Group): boolean {
  if (principal.tenant !== group.tenant) return false
  return group.shared || principal.userID === group.owner || isAdmin(principal)
}

/** Whoever uses a group acts in it as its owner, with the roles they have: what is in it stays together. */
export const actorIn = (group: Group, principal: Principal): Principal => ({
  ...principal,
  userID: group.owner,
  userName: group.ownerName,
})

/** Looks once more inside a transaction: nothing enters a group that was dropped a moment ago. */
export async function assertLive(core: Core, tx: Tx, id: string): Promise<void> {
  const group = await tx.groups.get(id)
  if (group === null || group.expiresAt <= core.clock.now()) throw notFound('group', id)
}
