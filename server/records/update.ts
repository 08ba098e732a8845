import { assertWriter, type Principal } from '#accounts'
import { assertName, targetOf } from './access.ts'
import type { Core } from './core.ts'
import type { BusinessRecord } from './record.ts'

export interface RecordChange {
  readonly name?: string
  /** members to set; the others stay */
  readonly fields?: Readonly<Record<string, unknown>>
}

/** @throws Refusal FORBIDDEN (readers), INVALID, NOT_FOUND (`what` is `table` or `record`) */
export async function update(
  core: Core,
  principal: Principal,
  table: string | null,
  key: string,
  { name, fields }: RecordChange,
): Promise<BusinessRecord> {
  assertWriter(principal)
  if (name !== undefined) assertName(name)
  return core.db.write(async ({ records }) => {
    const record = await targetOf(records, principal, table, key)
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(fields === undefined ? {} : { fields: { ...record.fields, ...fields } }),
      updatedAt: core.clock.now(),
    }
    await records.update(record.uid, change)
    return { ...record, ...change }
  })
}
