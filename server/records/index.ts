/**
 * What uploads end up on: tables of records, and entries that show stored files on them, by reference.
 * A caller is a `Principal`. A record that is somebody's own is NOT_FOUND to everybody else, administrators too.
 */

import type { Principal } from '#accounts'
import { entryOf, targetOf } from './access.ts'
import { copyEntry, type EntryCopy } from './copy.ts'
import type { Core } from './core.ts'
import { create, type RecordInit } from './create.ts'
import { descend, home } from './folders.ts'
import { type EntryListRequest, entries, list, type RecordListRequest } from './read.ts'
import type { BusinessRecord, Table } from './record.ts'
import { remove, removeEntry } from './remove.ts'
import { sample } from './sample.ts'
import { createTable, listTables, provideTable } from './tables.ts'
import { type RecordChange, update } from './update.ts'

/** Keys of records and entries are integer ids or uids; a table of null means any. */
export function createRecords(core: Core) {
  const { records } = core.db
  return {
    tables: (principal: Principal) => listTables(core, principal),
    createTable: (principal: Principal, table: { name: string; tree?: boolean }) =>
      createTable(core, principal, table),

    list: (principal: Principal, request: RecordListRequest) => list(core, principal, request),
    get: (principal: Principal, table: string | null, key: string) =>
      targetOf(records, principal, table, key),
    create: (principal: Principal, init: RecordInit) => create(core, principal, init),
    update: (principal: Principal, table: string | null, key: string, change: RecordChange) =>
      update(core, principal, table, key, change),
    remove: (principal: Principal, table: string | null, key: string) => remove(core, principal, table, key),

    entries: (principal: Principal, request: EntryListRequest) => entries(core, principal, request),
    entry: (principal: Principal, key: string) => entryOf(records, principal, key),
    copyEntry: (principal: Principal, key: string, request: EntryCopy) =>
      copyEntry(core, principal, key, request),
    removeEntry: (principal: Principal, key: string) => removeEntry(core, principal, key),
    /** Current entries by uid of the record; those without any are left out. */
    countEntries: (uids: readonly string[]) => records.countEntries(uids),

    /** The caller's own folder at the top of a tree, made when absent. */
    home: (principal: Principal, folder: { table: string; name: string }) => home(core, principal, folder),
    /** Follows names down from a folder, making what is absent; the folders on the way. */
    descend: (
      principal: Principal,
      folder: Pick<BusinessRecord, 'table' | 'uid'>,
      names: readonly string[],
    ) => descend(core, principal, folder, names),

    /** Makes a table that the program itself needs; no error when it is there. */
    provideTable: (table: Table) => provideTable(core, table),
    /** Sample records for a tenant that has no table yet; call it before `provideTable`. */
    sample: (tenant: string) => sample(core, tenant),
  }
}

export type Records = ReturnType<typeof createRecords>
export { targetOf, type Viewer } from './access.ts'
export type { EntryCopy } from './copy.ts'
export type { RecordInit } from './create.ts'
export {
  type Content,
  type DocumentWrite,
  type NewDocument,
  removeTree,
  writeDocument,
} from './document.ts'
export { type Filing, objectsOf, type Placed, place } from './place.ts'
export type {
  EntryQuery,
  FileRepository,
  NewEntry,
  NewRecord,
  RecordQuery,
  RecordRepository,
} from './ports.ts'
export type { EntryListRequest, RecordListRequest } from './read.ts'
export type {
  BusinessRecord,
  Destination,
  DocumentPlan,
  Entry,
  EntryKind,
  StoredFile,
  Table,
} from './record.ts'
export type { RecordChange } from './update.ts'
