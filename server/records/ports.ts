import type { BusinessRecord, Entry, EntryKind, StoredFile, Table } from './record.ts'

export interface RecordQuery {
  tenant: string
  table: string
  /** records owned by others than this user are left out; none is for null */
  viewer: string | null
  /** `null`: only the top of a tree; absent: anywhere */
  parent?: string | null
  /** case-insensitive part of the name, or the whole id */
  text?: string
  /** exact match on a member: `name`, `id`, `uid`, `parent`, `kind` */
  where?: { field: 'name' | 'id' | 'uid' | 'parent' | 'kind'; value: string }
  order?: { by: 'id' | 'name' | 'createdAt' | 'updatedAt'; descending: boolean }
  limit: number
  offset?: number
}

export interface EntryQuery {
  tenant: string
  /** entries on records owned by others than this user are left out; none is when absent */
  viewer?: string
  record?: string
  /** `null`: free-standing ones only */
  table?: string | null
  kind?: EntryKind
  name?: string
  slot?: string
  /** brought by this session */
  session?: string
  /** default: current ones only */
  versions?: 'current' | 'all'
  limit?: number
  offset?: number
}

export type NewRecord = Omit<BusinessRecord, 'id'>
export type NewEntry = Omit<Entry, 'id' | 'file'> & { file: string }

/** Reads and writes; writes only inside a transaction of `Database.write`. */
export interface RecordRepository {
  tables(tenant: string): Promise<(Table & { records: number })[]>
  table(tenant: string, name: string): Promise<Table | null>
  /** false when it exists */
  insertTable(table: Table): Promise<boolean>

  /** `total` counts all that match, whatever `limit` and `offset` */
  list(query: RecordQuery): Promise<{ records: BusinessRecord[]; total: number }>
  /** by integer id or uid; in any table when `table` is null */
  get(tenant: string, table: string | null, key: string): Promise<BusinessRecord | null>
  insert(record: NewRecord): Promise<BusinessRecord>
  update(
    uid: string,
    change: Partial<Pick<BusinessRecord, 'name' | 'parent' | 'fields' | 'updatedAt'>>,
  ): Promise<void>
  /** the record alone; its entries and children are the caller's to remove first */
  remove(uid: string): Promise<void>
  /** entries by record uid, current ones */
  countEntries(uids: readonly string[]): Promise<Map<string, number>>

  entries(query: EntryQuery): Promise<{ entries: Entry[]; total: number }>
  /** by integer id or uid */
  entry(tenant: string, key: string): Promise<Entry | null>
  insertEntry(entry: NewEntry): Promise<Entry>
  updateEntry(uid: string, change: Partial<Pick<Entry, 'current' | 'name' | 'slot'>>): Promise<void>
  removeEntry(uid: string): Promise<void>
}

/** Stored files and who reads from which object of the byte store. */
export interface FileRepository {
  get(id: string): Promise<StoredFile | null>
  insert(file: StoredFile): Promise<void>
  /** Notes that `holder` (a stored file) reads from objects that other files may share. */
  hold(holder: string, objects: readonly string[]): Promise<void>
  /**
   * Lets go of `objects` for `holder`. Those that no other file holds and whose own session and file are gone become
   * garbage: noted in this transaction, returned to be removed from the byte store after the commit.
   */
  release(holder: string, objects: readonly string[]): Promise<string[]>
  /** whether any file reads from an object that another one brought */
  isHeld(object: string): Promise<boolean>
  /** Marks objects as garbage that only this transaction knew. */
  discard(objects: readonly string[]): Promise<void>
  garbage(limit: number): Promise<string[]>
  forgetGarbage(objects: readonly string[]): Promise<void>
}
