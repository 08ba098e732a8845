import type { Principal } from '#accounts'
import { tableOf, targetOf } from './access.ts'
import type { Core } from './core.ts'
import type { EntryQuery, RecordQuery } from './ports.ts'
import type { BusinessRecord, Entry } from './record.ts'

export type RecordListRequest = Omit<RecordQuery, 'tenant' | 'viewer'>
export type EntryListRequest = Omit<EntryQuery, 'tenant' | 'viewer'>

/** @throws Refusal NOT_FOUND (`what` is `table`) */
export async function list(
  core: Core,
  principal: Principal,
  request: RecordListRequest,
): Promise<{ records: BusinessRecord[]; total: number }> {
  await tableOf(core.db.records, principal, request.table)
  return core.db.records.list({ ...request, tenant: principal.tenant, viewer: principal.userID })
}

/**
 * Entries that the caller may see. `record` is an integer id or uid, in `table` when that is given too.
 * @throws Refusal NOT_FOUND (`what` is `table` or `record`)
 */
export async function entries(
  core: Core,
  principal: Principal,
  request: EntryListRequest,
): Promise<{ entries: Entry[]; total: number }> {
  const { tenant, userID: viewer } = principal
  const { table, record: key, ...query } = request
  if (key === undefined) return core.db.records.entries({ ...request, tenant, viewer })
  const record = await targetOf(core.db.records, principal, table ?? null, key)
  return core.db.records.entries({ ...query, record: record.uid, tenant })
}
