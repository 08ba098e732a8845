import { randomUUID } from 'node:crypto'
import { assertWriter, type Principal } from '#accounts'
import { invalid } from '#errors'
import { assertName, tableOf, targetOf } from './access.ts'
import type { Core, Repositories } from './core.ts'
import type { BusinessRecord } from './record.ts'

export interface RecordInit {
  readonly table: string
  readonly name: string
  /** integer id or uid of the folder it lies in, for tables that are trees */
  readonly parent?: string | null
  readonly kind?: BusinessRecord['kind']
  readonly fields?: Readonly<Record<string, unknown>>
  /** seen by its maker alone */
  readonly private?: boolean
}

/**
 * Makes a record. One in somebody's own folder is theirs too.
 * @throws Refusal FORBIDDEN (readers), INVALID, NOT_FOUND (`what` is `table` or `record`)
 */
export async function create(core: Core, principal: Principal, init: RecordInit): Promise<BusinessRecord> {
  assertWriter(principal)
  assertName(init.name)
  const { tenant, userID, userName } = principal
  const now = core.clock.now()
  return core.db.write(async (tx) => {
    const parent = await parentOf(tx, principal, init)
    return tx.records.insert({
      uid: randomUUID(),
      tenant,
      table: init.table,
      parent: parent?.uid ?? null,
      name: init.name,
      kind: init.kind ?? 'record',
      owner: init.private === true ? userID : (parent?.owner ?? null),
      fields: init.fields ?? {},
      createdBy: userName,
      createdAt: now,
      updatedAt: now,
    })
  })
}

async function parentOf({ records }: Repositories, principal: Principal, init: RecordInit) {
  const { tree } = await tableOf(records, principal, init.table)
  if (init.parent === undefined || init.parent === null) return null
  if (!tree) throw invalid('parent', `does not exist in ${init.table}, which is no tree`)
  const parent = await targetOf(records, principal, init.table, init.parent)
  if (parent.kind !== 'folder') throw invalid('parent', 'must be a folder')
  return parent
}
