/** What uploads end up on. */

export type EntryKind = 'ATTACHMENT' | 'ARCHIVE' | 'IMAGE' | 'CONTENT'

/** A bag of records of one kind. `tree` tables have records inside records (folders, documents). */
export interface Table {
  readonly tenant: string
  readonly name: string
  readonly tree: boolean
}

export interface BusinessRecord {
  /** integer, unique in the tenant over all tables */
  readonly id: number
  readonly uid: string
  readonly tenant: string
  readonly table: string
  /** uid of the record it lies in; null at the top */
  parent: string | null
  name: string
  kind: 'record' | 'folder' | 'document'
  /** uuid of the one user who sees it; null when the whole tenant does */
  readonly owner: string | null
  /** the table's own members, e.g. `dc:description`; the core looks at none of them */
  fields: Readonly<globalThis.Record<string, unknown>>
  readonly createdBy: string
  /** milliseconds since 1970 */
  readonly createdAt: number
  updatedAt: number
}

/** A document that is made, or given a new version, when its bytes are complete. */
export interface DocumentPlan {
  readonly table: string
  /** uid of the folder */
  readonly parent: string | null
  readonly name: string
  /** uuid for a new document; made when absent */
  readonly uid?: string
  readonly fields?: Readonly<globalThis.Record<string, unknown>>
  /** uuid of the one user who sees it; absent or null when the whole tenant does */
  readonly owner?: string | null
  /** milliseconds since 1970; default: when it is filed */
  readonly createdAt?: number
  /** a document of that name in that folder: gets a new version, makes the new one take another name, or is left beside it */
  readonly taken: 'version' | 'rename' | 'separate'
}

/** What stored bytes are filed as. */
export interface Destination {
  /** both, or neither for a free-standing image or archive, or for a document that does not exist yet */
  readonly table: string | null
  /** integer id or uid */
  readonly record: string | null
  /** place on the record, for protocols that name places */
  readonly slot?: string | null
  /** what becomes of the entry that had the slot before (default: replaced) */
  readonly versions?: 'keep' | 'replace'
  readonly document?: DocumentPlan
}

/** Bytes that are stored once, however many entries show them. */
export interface StoredFile {
  /** the id of the session that brought it */
  readonly id: string
  readonly tenant: string
  /** bytes */
  readonly size: number
  /** lower-case hex; `sha256` always */
  readonly digests: Readonly<globalThis.Record<string, string>>
  /** null means one object named by the id */
  readonly segments: readonly { object: string; position: number; length: number }[] | null
}

/** A file on a record, by reference. */
export interface Entry {
  readonly id: number
  readonly uid: string
  readonly tenant: string
  readonly kind: EntryKind
  /** the record it is on; null for a free-standing image or archive */
  readonly table: string | null
  readonly record: string | null
  /** where on the record, for protocols that name places (`file:content`, `files:files/0/file`) */
  readonly slot: string | null
  readonly name: string
  readonly contentType: string | null
  readonly file: StoredFile
  /** the session it came from */
  readonly session: string | null
  readonly createdBy: string
  readonly createdAt: number
  readonly version: number
  /** false for an older version that a newer one replaced */
  readonly current: boolean
}
