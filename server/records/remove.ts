import { assertWriter, type Principal } from '#accounts'
import { entryOf, targetOf } from './access.ts'
import type { Core } from './core.ts'
import { removeTree } from './document.ts'
import { objectsOf } from './place.ts'

/**
 * Removes a record with its entries and everything in it; bytes go with the last entry and session that read them.
 * @throws Refusal FORBIDDEN (readers), NOT_FOUND (`what` is `table` or `record`)
 */
export async function remove(
  core: Core,
  principal: Principal,
  table: string | null,
  key: string,
): Promise<void> {
  assertWriter(principal)
  const garbage = await core.db.write(async (tx) =>
    removeTree(tx, principal.tenant, await targetOf(tx.records, principal, table, key)),
  )
  await core.discard(garbage)
}

/**
 * Removes one entry; its bytes go when no other entry and no session reads them.
 * @throws Refusal FORBIDDEN (readers), NOT_FOUND (`what` is `entry`)
 */
export async function removeEntry(core: Core, principal: Principal, key: string): Promise<void> {
  assertWriter(principal)
  const garbage = await core.db.write(async ({ records, files }) => {
    const { uid, file } = await entryOf(records, principal, key)
    await records.removeEntry(uid)
    return files.release(file.id, objectsOf(file))
  })
  await core.discard(garbage)
}
