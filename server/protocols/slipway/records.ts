import type { z } from 'zod'
import type { Principal } from '#accounts'
import { invalid } from '#errors'
import type { Download } from '#http'
import type { API } from './api.ts'
import { viewEntry, viewEntryOn, viewRecord } from './record-view.ts'
import type { CopyTarget, RecordPath, RecordQuery } from './schemas.ts'

type Path = z.output<typeof RecordPath>

export const listTables = async (api: API, principal: Principal) => ({
  tables: (await api.records.tables(principal)).map(({ name, records, tree }) => ({ name, records, tree })),
})

export async function createTable(api: API, principal: Principal, name: string) {
  const { tree } = await api.records.createTable(principal, { name })
  return { name, records: 0, tree }
}

/** A page of records by name. A search looks everywhere in a tree, a list shows one level of it. */
export async function listRecords(
  api: API,
  principal: Principal,
  table: string,
  query: z.output<typeof RecordQuery>,
) {
  const { q: text, parent, limit } = query
  const offset = offsetFrom(query.cursor)
  const level = parent === undefined ? null : (await api.records.get(principal, table, parent)).uid
  const anywhere = text !== undefined && parent === undefined
  const { records, total } = await api.records.list(principal, {
    table,
    limit,
    offset,
    order: { by: 'name', descending: false },
    ...(text !== undefined && { text }),
    ...(!anywhere && { parent: level }),
  })
  const counts = await api.records.countEntries(records.map(({ uid }) => uid))
  const end = offset + records.length
  return {
    records: records.map((record) => viewRecord(record, counts.get(record.uid) ?? 0)),
    nextCursor: end < total && records.length > 0 ? String(end) : null,
  }
}

function offsetFrom(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor)
  throw invalid('cursor', 'must be the nextCursor of an earlier answer')
}

export const createRecord = async (api: API, principal: Principal, table: string, name: string) =>
  viewRecord(await api.records.create(principal, { table, name }), 0)

export async function readRecord(api: API, principal: Principal, { table, record: key }: Path) {
  const record = await api.records.get(principal, table, key)
  const counts = await api.records.countEntries([record.uid])
  return viewRecord(record, counts.get(record.uid) ?? 0)
}

export async function listEntries(api: API, principal: Principal, { table, record: key }: Path) {
  const record = await api.records.get(principal, table, key)
  const { entries } = await api.records.entries(principal, { table, record: record.uid })
  return { entries: entries.map((entry) => viewEntryOn(entry, record.name)) }
}

export const readEntry = async (api: API, principal: Principal, uid: string) =>
  viewEntry(api, principal, await api.records.entry(principal, uid))

export const removeEntry = (api: API, principal: Principal, uid: string) =>
  api.records.removeEntry(principal, uid)

export async function copyEntry(
  api: API,
  principal: Principal,
  uid: string,
  target: z.output<typeof CopyTarget>,
) {
  return viewEntry(api, principal, await api.records.copyEntry(principal, uid, target))
}

/** The bytes of an entry, shown in place where that is safe and asked for. */
export async function openContent(
  api: API,
  principal: Principal,
  uid: string,
  inline: boolean,
): Promise<Download> {
  const { file, name, contentType, createdAt } = await api.records.entry(principal, uid)
  return {
    file,
    name,
    contentType,
    modified: createdAt,
    disposition: inline ? 'inline' : 'attachment',
    bytes: (from, to) => api.sessions.bytes(file, from, to),
  }
}
