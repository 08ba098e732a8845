import type { Principal } from '#accounts'
import { invalid, notFound } from '#errors'
import type { RecordRepository } from './ports.ts'
import type { BusinessRecord, Entry, Table } from './record.ts'

/** For whom records are looked up: a record that is somebody else's own does not exist for them. */
export type Viewer = Pick<Principal, 'tenant' | 'userID'>

const maySee = ({ userID }: Viewer, { owner }: BusinessRecord): boolean => owner === null || owner === userID

/** @throws Refusal NOT_FOUND (`what` is `table`) */
export async function tableOf(records: RecordRepository, { tenant }: Viewer, name: string): Promise<Table> {
  const table = await records.table(tenant, name)
  if (table === null) throw notFound('table', name)
  return table
}

/**
 * A record by integer id or uid; in any table when `table` is null.
 * @throws Refusal NOT_FOUND (`what` is `table` or `record`), also for a record that is somebody else's own
 */
export async function targetOf(
  records: RecordRepository,
  viewer: Viewer,
  table: string | null,
  key: string,
): Promise<BusinessRecord> {
  if (table !== null) await tableOf(records, viewer, table)
  const record = await records.get(viewer.tenant, table, key)
  if (record === null || !maySee(viewer, record)) throw notFound('record', key)
  return record
}

/**
 * An entry by integer id or uid.
 * @throws Refusal NOT_FOUND (`what` is `entry`), also for one on a record that is somebody else's own
 */
export async function entryOf(records: RecordRepository, viewer: Viewer, key: string): Promise<Entry> {
  const entry = await records.entry(viewer.tenant, key)
  if (entry === null) throw notFound('entry', key)
  if (entry.record === null) return entry
  const record = await records.get(viewer.tenant, null, entry.record)
  if (record === null || !maySee(viewer, record)) throw notFound('entry', key)
  return entry
}

/** Characters a name may have at most. */
const LONGEST = 1000

export function assertName(name: string): void {
  if (name.trim() === '') throw invalid('name', 'must not be blank')
  if (name.length > LONGEST) throw invalid('name', `must have at most ${LONGEST} characters`)
}
