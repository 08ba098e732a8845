import { assertAdmin, type Principal } from '#accounts'
import { invalid, Refusal } from '#errors'
import type { Core } from './core.ts'
import type { Table } from './record.ts'

/** A table's name stands in paths of URLs. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/

/** All tables of the tenant with the number of their records, by name. */
export const listTables = (core: Core, { tenant }: Principal): Promise<(Table & { records: number })[]> =>
  core.db.records.tables(tenant)

/** @throws Refusal FORBIDDEN (not an administrator), INVALID, CONFLICT (there is one of that name) */
export async function createTable(
  core: Core,
  principal: Principal,
  { name, tree = false }: { name: string; tree?: boolean },
): Promise<Table> {
  assertAdmin(principal)
  if (!NAME.test(name))
    throw invalid('name', 'must be 1 to 100 letters, digits, dots, dashes or underscores of ASCII')
  const table = { tenant: principal.tenant, name, tree }
  if (await core.db.write((tx) => tx.records.insertTable(table))) return table
  throw new Refusal('CONFLICT', `there is a table ${name} already`, { field: 'name', received: name })
}

/** Makes a table that the program itself needs; no error when it is there. */
export async function provideTable(core: Core, table: Table): Promise<void> {
  if ((await core.db.records.table(table.tenant, table.name)) !== null) return
  await core.db.write((tx) => tx.records.insertTable(table))
}
