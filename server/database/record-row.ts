import type { BusinessRecord, Entry, EntryKind, NewEntry, NewRecord, StoredFile } from '#records'
import type { EntryTable, FileTable, RecordTable } from './schema.ts'
import { fold, int, json, jsonOrNull, parse, parseOrNull, text, textOrNull, whole } from './values.ts'

export const recordRow = (id: number, record: NewRecord): RecordTable => ({
  uid: text('uid', record.uid),
  id,
  tenant: record.tenant,
  table_name: text('table', record.table),
  parent: textOrNull('parent', record.parent),
  ...namesRow(record.name),
  kind: record.kind,
  owner: record.owner,
  fields: json(record.fields),
  created_by: text('user name', record.createdBy),
  created_at: whole('creation time', record.createdAt),
  updated_at: whole('time of change', record.updatedAt),
})

export const namesRow = (name: string) => ({ name: text('name', name), name_lower: fold(name) })

export const recordOf = (row: RecordTable): BusinessRecord => ({
  id: int(row.id),
  uid: row.uid,
  tenant: row.tenant,
  table: row.table_name,
  parent: row.parent,
  name: row.name,
  kind: row.kind as BusinessRecord['kind'],
  owner: row.owner,
  fields: parse(row.fields),
  createdBy: row.created_by,
  createdAt: int(row.created_at),
  updatedAt: int(row.updated_at),
})

export const fileRow = (file: StoredFile): FileTable => ({
  id: text('id', file.id),
  tenant: file.tenant,
  size: whole('length', file.size),
  digests: json(file.digests),
  segments: jsonOrNull(file.segments),
})

export const fileOf = (row: FileTable): StoredFile => ({
  id: row.id,
  tenant: row.tenant,
  size: int(row.size),
  digests: parse(row.digests),
  segments: parseOrNull(row.segments),
})

export const entryRow = (id: number, entry: NewEntry): EntryTable => ({
  uid: text('uid', entry.uid),
  id,
  tenant: entry.tenant,
  kind: entry.kind,
  table_name: textOrNull('table', entry.table),
  record: textOrNull('record', entry.record),
  slot: textOrNull('slot', entry.slot),
  name: text('name', entry.name),
  content_type: textOrNull('content type', entry.contentType),
  file: entry.file,
  session: entry.session,
  created_by: text('user name', entry.createdBy),
  created_at: whole('creation time', entry.createdAt),
  version: whole('version', entry.version),
  is_current: entry.current ? 1 : 0,
})

export const entryOf = (row: EntryTable, file: StoredFile): Entry => ({
  id: int(row.id),
  uid: row.uid,
  tenant: row.tenant,
  kind: row.kind as EntryKind,
  table: row.table_name,
  record: row.record,
  slot: row.slot,
  name: row.name,
  contentType: row.content_type,
  file,
  session: row.session,
  createdBy: row.created_by,
  createdAt: int(row.created_at),
  version: int(row.version),
  current: row.is_current === 1,
})
