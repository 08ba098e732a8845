/**
 * The tables as Kysely sees them. Every column has a type that SQLite and PostgreSQL share: text, bigint (bytes,
 * milliseconds, counts) and integer; lists and bags are JSON in text, booleans are 0 or 1. PostgreSQL's driver hands
 * a bigint over as a string: `int` in values.ts takes both.
 */

export interface SessionTable {
  id: string
  tenant: string
  owner: string
  owner_name: string
  protocol: string
  file_name: string | null
  /** folded by `fold`, for searching */
  file_name_lower: string | null
  content_type: string | null
  size: number | null
  chunk_size: number | null
  declared: string
  computed: string
  wanted: string
  location: string
  target: string | null
  group_id: string | null
  group_index: number | null
  status: string
  failure: string | null
  warning: string | null
  committed: number
  received: number
  first_chunk: number | null
  chunk_count: number
  next_chunk: number
  stride: number | null
  total_chunks: number | null
  partial: number
  segments: string | null
  attributes: string
  created_at: number
  updated_at: number
  expires_at: number
  ttl: number
  completed_at: number | null
}

export interface ChunkTable {
  session: string
  number: number
  size: number
  sha256: string
  object: string
  position: number
}

export interface GroupTable {
  id: string
  tenant: string
  owner: string
  owner_name: string
  protocol: string
  shared: number
  attributes: string
  created_at: number
  expires_at: number
  ttl: number
}

/** `final` is to be put together from `part`s, in the order of `seq`. */
interface PartTable {
  final: string
  seq: number
  part: string
}

export interface FileTable {
  id: string
  tenant: string
  size: number
  digests: string
  segments: string | null
}

/** `holder`, a stored file, reads from `object`, which another one brought. */
interface HoldTable {
  object: string
  holder: string
}

interface GarbageTable {
  object: string
}

interface TableTable {
  tenant: string
  name: string
  tree: number
}

export interface RecordTable {
  uid: string
  id: number
  tenant: string
  table_name: string
  parent: string | null
  name: string
  name_lower: string
  kind: string
  owner: string | null
  fields: string
  created_by: string
  created_at: number
  updated_at: number
}

export interface EntryTable {
  uid: string
  id: number
  tenant: string
  kind: string
  table_name: string | null
  record: string | null
  slot: string | null
  name: string
  content_type: string | null
  file: string
  session: string | null
  created_by: string
  created_at: number
  version: number
  is_current: number
}

/** Integer ids given out so far, by tenant. */
interface CounterTable {
  tenant: string
  last: number
}

export interface UserTable {
  id: string
  tenant: string
  user_name: string
  name_key: string
  roles: string
  password: string | null
  created_at: number
  updated_at: number
}

export interface KeyTable {
  id: string
  user_id: string
  name: string
  hash: string
  created_at: number
}

export interface TokenTable {
  hash: string
  kind: string
  user_id: string
  created_at: number
  expires_at: number
}

/** What the server signs with; the database is the one place that all nodes share. */
interface SecretTable {
  name: string
  value: string
}

export interface Schema {
  sessions: SessionTable
  chunks: ChunkTable
  groups: GroupTable
  parts: PartTable
  files: FileTable
  holds: HoldTable
  garbage: GarbageTable
  tables: TableTable
  records: RecordTable
  entries: EntryTable
  counters: CounterTable
  users: UserTable
  keys: KeyTable
  tokens: TokenTable
  secrets: SecretTable
}
