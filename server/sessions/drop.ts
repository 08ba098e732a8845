import { assertWriter, type Principal } from '#accounts'
import { type Struck, struck } from './cancel.ts'
import type { Core } from './core.ts'
import { readGroup } from './group.ts'
import { leave } from './member.ts'
import type { Status } from './session.ts'

const HERE: readonly Status[] = ['INITIATED', 'UPLOADING', 'PROCESSING', 'COMPLETED']
/** Sessions that leave in one transaction. */
const AT_ONCE = 100

/**
 * Ends a group: from now on nobody finds it, and its sessions leave it. What a crash leaves undone `sweepGroups` does.
 * @throws Refusal NOT_FOUND, FORBIDDEN
 */
export async function drop(core: Core, principal: Principal, id: string): Promise<void> {
  const group = await readGroup(core, principal, id)
  assertWriter(principal)
  await core.db.write((tx) => tx.groups.end(id))
  await empty(core, group.tenant, id)
}

/** Ends groups whose life is over. */
export async function sweepGroups(core: Core): Promise<number> {
  const overdue = await core.db.groups.expired(core.clock.now(), 100)
  for (const { id, tenant } of overdue) {
    if (await isReceiving(core, tenant, id)) continue
    const over = await core.db.write(async (tx) => {
      // A chunk that came in the meantime has renewed it.
      if (((await tx.groups.get(id))?.expiresAt ?? 0) > core.clock.now()) return false
      await tx.groups.end(id)
      return true
    })
    if (over) await empty(core, tenant, id)
  }
  return overdue.length
}

/** Somebody is sending bytes to a session of the group at this moment: they renew its life when they are in. */
async function isReceiving(core: Core, tenant: string, group: string): Promise<boolean> {
  if (core.receiving.size === 0) return false
  const query = { tenant, group, status: ['INITIATED', 'UPLOADING'], order: 'oldest', limit: 1000 } as const
  const { items } = await core.db.sessions.list(query)
  return items.some(({ id, ttl }) => ttl > 0 && core.receiving.has(id))
}

async function empty(core: Core, tenant: string, group: string): Promise<void> {
  for (;;) {
    const query = { tenant, group, status: HERE, order: 'oldest', limit: AT_ONCE } as const
    const { items } = await core.db.sessions.list(query)
    if (items.length === 0) break
    const left = await core.db.write(async (tx) => {
      const left: (Struck | null)[] = []
      for (const { id } of items) {
        const session = await tx.sessions.get(id)
        if (session !== null && HERE.includes(session.status)) left.push(await leave(core, tx, session))
      }
      return left
    })
    for (const one of left) await struck(core, one)
  }
  await core.db.write((tx) => tx.groups.remove(group))
}
