import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import type { BusinessRecord, Entry } from '#records'
import { type API, BASE, timestamp } from './api.ts'

export const viewRecord = (record: BusinessRecord, entryCount: number) => ({
  id: record.id,
  uid: record.uid,
  table: record.table,
  name: record.name,
  parent: record.parent,
  kind: record.kind,
  createdAt: timestamp(record.createdAt),
  updatedAt: timestamp(record.updatedAt),
  entryCount,
})

export type EntryView = ReturnType<typeof viewEntryOn>

/** An entry with the name of its record, which is looked up. */
export async function viewEntry(api: API, principal: Principal, entry: Entry): Promise<EntryView> {
  const name = entry.record === null ? null : await recordName(api, principal, entry.record)
  return viewEntryOn(entry, name)
}

export function viewEntryOn(entry: Entry, recordName: string | null) {
  const { table, record } = entry
  return {
    id: entry.id,
    uid: entry.uid,
    kind: entry.kind,
    name: entry.name,
    contentType: entry.contentType,
    size: entry.file.size,
    sha256: entry.file.digests.sha256 ?? '',
    createdAt: timestamp(entry.createdAt),
    createdBy: entry.createdBy,
    session: entry.session,
    record: table === null || record === null ? null : { table, uid: record, name: recordName ?? '' },
    version: entry.version,
    current: entry.current,
    links: { content: `${BASE}/entries/${entry.uid}/content` },
  }
}

/** Null when the record is gone, or not for these eyes. */
export async function recordName(api: API, viewer: Principal, uid: string): Promise<string | null> {
  try {
    return (await api.records.get(viewer, null, uid)).name
  } catch (error) {
    if (error instanceof Refusal && error.code === 'NOT_FOUND') return null
    throw error
  }
}
