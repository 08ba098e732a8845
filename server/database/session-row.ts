import type { Location, Protocol, Session, Status } from '#sessions'
import type { SessionTable } from './schema.ts'
import {
  fold,
  int,
  intOrNull,
  json,
  jsonOrNull,
  parse,
  parseOrNull,
  remark,
  textOrNull,
  wholeOrNull,
} from './values.ts'

type Row = Partial<SessionTable>
/** The member that fills two columns is apart. */
type Plain = Exclude<keyof Session, 'fileName'>
type Columns = {
  readonly [K in Plain]: readonly [column: keyof SessionTable, encode: (value: Session[K]) => unknown]
}

const same = (value: string): string => value
const number = (field: string) => (value: number | null) => wholeOrNull(field, value)
const words = (field: string) => (value: string | null) => textOrNull(field, value)

const COLUMNS: Columns = {
  id: ['id', words('id')],
  tenant: ['tenant', same],
  owner: ['owner', same],
  ownerName: ['owner_name', words('user name')],
  protocol: ['protocol', same],
  contentType: ['content_type', words('content type')],
  size: ['size', number('length')],
  chunkSize: ['chunk_size', number('chunk size')],
  declared: ['declared', json],
  computed: ['computed', json],
  wanted: ['wanted', json],
  location: ['location', same],
  target: ['target', jsonOrNull],
  group: ['group_id', words('group')],
  groupIndex: ['group_index', number('group index')],
  status: ['status', same],
  failure: ['failure', remark],
  warning: ['warning', remark],
  offset: ['committed', number('offset')],
  received: ['received', number('length')],
  firstChunk: ['first_chunk', number('first chunk')],
  chunkCount: ['chunk_count', number('chunk count')],
  nextChunk: ['next_chunk', number('chunk number')],
  stride: ['stride', number('stride')],
  totalChunks: ['total_chunks', number('total of chunks')],
  partial: ['partial', Number],
  segments: ['segments', jsonOrNull],
  attributes: ['attributes', json],
  createdAt: ['created_at', number('creation time')],
  updatedAt: ['updated_at', number('time of change')],
  expiresAt: ['expires_at', number('end of life')],
  ttl: ['ttl', number('life')],
  completedAt: ['completed_at', number('time of completion')],
}

/**
 * The columns that hold these members; members that are undefined are left out.
 * @throws Refusal INVALID, for names and numbers that no database keeps as they are
 */
export function sessionRow({ fileName, ...session }: Partial<Session>): Row {
  const row: Record<string, unknown> = {}
  for (const key of Object.keys(session) as Plain[]) {
    const value = session[key]
    if (value === undefined) continue
    const [column, encode] = COLUMNS[key] as [string, (value: unknown) => unknown]
    row[column] = encode(value)
  }
  if (fileName !== undefined) {
    row.file_name = textOrNull('file name', fileName)
    row.file_name_lower = fileName === null ? null : fold(fileName)
  }
  return row
}

export function sessionOf(row: SessionTable): Session {
  return {
    id: row.id,
    tenant: row.tenant,
    owner: row.owner,
    ownerName: row.owner_name,
    protocol: row.protocol as Protocol,
    fileName: row.file_name,
    contentType: row.content_type,
    size: intOrNull(row.size),
    chunkSize: intOrNull(row.chunk_size),
    declared: parse(row.declared),
    computed: parse(row.computed),
    wanted: parse(row.wanted),
    location: row.location as Location,
    target: parseOrNull(row.target),
    group: row.group_id,
    groupIndex: intOrNull(row.group_index),
    status: row.status as Status,
    failure: row.failure,
    warning: row.warning,
    offset: int(row.committed),
    received: int(row.received),
    firstChunk: intOrNull(row.first_chunk),
    chunkCount: int(row.chunk_count),
    nextChunk: int(row.next_chunk),
    stride: intOrNull(row.stride),
    totalChunks: intOrNull(row.total_chunks),
    partial: row.partial === 1,
    segments: parseOrNull(row.segments),
    attributes: parse(row.attributes),
    createdAt: int(row.created_at),
    updatedAt: int(row.updated_at),
    expiresAt: int(row.expires_at),
    ttl: int(row.ttl),
    completedAt: intOrNull(row.completed_at),
  }
}
