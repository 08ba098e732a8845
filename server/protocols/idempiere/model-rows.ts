import type { Principal } from '#accounts'
import { notFound } from '#errors'
import type { BusinessRecord, Entry, EntryKind } from '#records'
import { type ModelQuery, type Row, select } from './model-query.ts'
import type { Services } from './services.ts'

/** Tables whose rows are stored files. */
export const FILE_TABLES: Readonly<Record<string, EntryKind>> = { AD_Archive: 'ARCHIVE', AD_Image: 'IMAGE' }

/** Rows read from the database at a time when a query must look at all of them. */
const BATCH = 500

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

const rowOfRecord = ({ id, uid, name, table, fields, ...record }: BusinessRecord): Row => ({
  ...fields,
  id,
  uid,
  Name: name,
  Created: time(record.createdAt),
  CreatedBy: record.createdBy,
  Updated: time(record.updatedAt),
  'model-name': table.toLowerCase(),
})

async function rowOfEntry({ records }: Services, caller: Principal, entry: Entry): Promise<Row> {
  const { id, uid, name, contentType, file, createdBy, createdAt, kind } = entry
  const bound = entry.record === null ? null : await records.get(caller, null, entry.record)
  return {
    id,
    uid,
    Name: name,
    ...(bound !== null && { TableName: bound.table, Record_ID: bound.id, Record_UU: bound.uid }),
    ContentType: contentType,
    FileSize: file.size,
    SHA256: file.digests.sha256,
    REST_Upload_UU: entry.session,
    Created: time(createdAt),
    CreatedBy: createdBy,
    'model-name': kind === 'IMAGE' ? 'ad_image' : 'ad_archive',
  }
}

/** Rows of a table as the query wants them, and how many there are in all. */
export async function listRows(
  services: Services,
  caller: Principal,
  table: string,
  query: ModelQuery,
): Promise<{ rows: Row[]; total: number }> {
  const { top, skip, conditions, order } = query
  const read = readerOf(services, caller, table)
  if (conditions.length === 0 && order.length === 0) return read(top, skip)
  const all: Row[] = []
  for (let total = 1; all.length < total; ) {
    const batch = await read(BATCH, all.length)
    all.push(...batch.rows)
    total = batch.rows.length === 0 ? all.length : batch.total
  }
  const rows = select(all, table, query)
  return { rows: rows.slice(skip, skip + top), total: rows.length }
}

type Reader = (limit: number, offset: number) => Promise<{ rows: Row[]; total: number }>

function readerOf(services: Services, caller: Principal, table: string): Reader {
  const { records } = services
  const kind = FILE_TABLES[table]
  if (kind === undefined)
    return async (limit, offset) => {
      const found = await records.list(caller, { table, limit, offset })
      return { rows: found.records.map(rowOfRecord), total: found.total }
    }
  return async (limit, offset) => {
    const { entries, total } = await records.entries(caller, { kind, limit, offset })
    return { rows: await Promise.all(entries.map((entry) => rowOfEntry(services, caller, entry))), total }
  }
}

/** @throws Refusal NOT_FOUND (`what` is `table`, `record` or `entry`) */
export async function rowOf(services: Services, caller: Principal, table: string, key: string): Promise<Row> {
  if (FILE_TABLES[table] === undefined) return rowOfRecord(await services.records.get(caller, table, key))
  return rowOfEntry(services, caller, await fileEntry(services, caller, table, key))
}

export const rowOfNew = rowOfRecord

/** The file behind a row of `AD_Image` or `AD_Archive`. */
export async function fileEntry(
  { records }: Services,
  caller: Principal,
  table: string,
  key: string,
): Promise<Entry> {
  const entry = await records.entry(caller, key)
  if (entry.kind === FILE_TABLES[table]) return entry
  throw notFound('entry', key)
}
