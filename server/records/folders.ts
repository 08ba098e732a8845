import { randomUUID } from 'node:crypto'
import { assertWriter, type Principal } from '#accounts'
import { assertName, targetOf } from './access.ts'
import type { Core, Repositories } from './core.ts'
import type { BusinessRecord } from './record.ts'

/**
 * The caller's own folder at the top of a tree, seen by nobody else. It is made when it is absent, for readers too, and
 * so is the tree: of many requests at once one makes it.
 */
export async function home(
  core: Core,
  principal: Principal,
  { table, name }: { readonly table: string; readonly name: string },
): Promise<BusinessRecord> {
  const { tenant, userID } = principal
  const find = async ({ records }: Pick<Repositories, 'records'>) => {
    const where = { field: 'name', value: name } as const
    const query = { tenant, table, viewer: userID, parent: null, where, limit: 100 }
    const { records: found } = await records.list(query)
    return found.find(({ kind, owner }) => kind === 'folder' && owner === userID)
  }
  return (
    (await find(core.db)) ??
    core.db.write(async (tx) => {
      await tx.records.insertTable({ tenant, name: table, tree: true })
      return (
        (await find(tx)) ?? insertFolder(core, tx, principal, { table, name, parent: null, owner: userID })
      )
    })
  )
}

/**
 * Follows names down from a folder; folders that are absent are made, and belong to whom the folder belongs.
 * @returns the folders on the way, the last one last; empty without names
 * @throws Refusal FORBIDDEN (readers), INVALID (a name), NOT_FOUND (the folder)
 */
export async function descend(
  core: Core,
  principal: Principal,
  folder: Pick<BusinessRecord, 'table' | 'uid'>,
  names: readonly string[],
): Promise<BusinessRecord[]> {
  if (names.length === 0) return []
  assertWriter(principal)
  for (const name of names) assertName(name)
  return core.db.write(async (tx) => {
    const way: BusinessRecord[] = []
    let at = await targetOf(tx.records, principal, folder.table, folder.uid)
    for (const name of names) {
      const { table, owner, uid: parent } = at
      at =
        (await childFolder(tx, principal, at, name)) ??
        (await insertFolder(core, tx, principal, { table, name, parent, owner }))
      way.push(at)
    }
    return way
  })
}

async function childFolder(
  { records }: Repositories,
  principal: Principal,
  at: BusinessRecord,
  name: string,
) {
  const { tenant, userID: viewer } = principal
  const where = { field: 'name', value: name } as const
  const query = { tenant, table: at.table, viewer, parent: at.uid, where, limit: 1000 }
  const { records: found } = await records.list(query)
  return found.find(({ kind }) => kind === 'folder')
}

function insertFolder(
  core: Core,
  { records }: Repositories,
  { tenant, userName }: Principal,
  init: Pick<BusinessRecord, 'table' | 'name' | 'parent' | 'owner'>,
): Promise<BusinessRecord> {
  const now = core.clock.now()
  const times = { createdBy: userName, createdAt: now, updatedAt: now }
  return records.insert({ ...init, ...times, uid: randomUUID(), tenant, kind: 'folder', fields: {} })
}
