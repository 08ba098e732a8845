import { type Kysely, sql } from 'kysely'

/** Statuses of sessions that an owner still has to look after; the finished ones are by far the most. */
const UNFINISHED = sql<boolean>`status in ('INITIATED', 'UPLOADING', 'PROCESSING', 'FAILED')`
const OPEN = sql<boolean>`status in ('INITIATED', 'UPLOADING')`
const PROCESSING = sql<boolean>`status = 'PROCESSING'`

export async function up(db: Kysely<unknown>): Promise<void> {
  await sessions(db)
  await chunks(db)
  await files(db)
  await records(db)
  await entries(db)
}

async function sessions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('owner_name', 'text', (column) => column.notNull())
    .addColumn('protocol', 'text', (column) => column.notNull())
    .addColumn('file_name', 'text')
    .addColumn('file_name_lower', 'text')
    .addColumn('content_type', 'text')
    .addColumn('size', 'bigint')
    .addColumn('chunk_size', 'bigint')
    .addColumn('declared', 'text', (column) => column.notNull())
    .addColumn('computed', 'text', (column) => column.notNull())
    .addColumn('wanted', 'text', (column) => column.notNull())
    .addColumn('location', 'text', (column) => column.notNull())
    .addColumn('target', 'text')
    .addColumn('group_id', 'text')
    .addColumn('group_index', 'bigint')
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('failure', 'text')
    .addColumn('warning', 'text')
    .addColumn('committed', 'bigint', (column) => column.notNull())
    .addColumn('received', 'bigint', (column) => column.notNull())
    .addColumn('first_chunk', 'bigint')
    .addColumn('chunk_count', 'bigint', (column) => column.notNull())
    .addColumn('next_chunk', 'bigint', (column) => column.notNull())
    .addColumn('stride', 'bigint')
    .addColumn('total_chunks', 'bigint')
    .addColumn('partial', 'integer', (column) => column.notNull())
    .addColumn('segments', 'text')
    .addColumn('attributes', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('ttl', 'bigint', (column) => column.notNull())
    .addColumn('completed_at', 'bigint')
    .execute()
  await index(db, 'sessions', 'mine', ['tenant', 'owner', 'created_at', 'id']).execute()
  await index(db, 'sessions', 'newest', ['tenant', 'created_at', 'id']).execute()
  await index(db, 'sessions', 'changed', ['tenant', 'updated_at', 'id']).execute()
  await index(db, 'sessions', 'group', ['group_id', 'group_index'])
    .where(sql<boolean>`group_id is not null`)
    .execute()
  await index(db, 'sessions', 'unfinished', ['tenant', 'owner', 'created_at', 'id'])
    .where(UNFINISHED)
    .execute()
  await index(db, 'sessions', 'unfinished_of_all', ['tenant', 'created_at', 'id']).where(UNFINISHED).execute()
  await index(db, 'sessions', 'expiring', ['expires_at']).where(OPEN).execute()
  await index(db, 'sessions', 'processing', ['updated_at']).where(PROCESSING).execute()
  await index(db, 'sessions', 'counted', ['protocol', 'status']).execute()
}

async function chunks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('chunks')
    .addColumn('session', 'text', (column) => column.notNull().references('sessions.id'))
    .addColumn('number', 'bigint', (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addColumn('object', 'text', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('chunks_key', ['session', 'number'])
    .execute()
}

async function files(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('files')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('digests', 'text', (column) => column.notNull())
    .addColumn('segments', 'text')
    .execute()
  await db.schema
    .createTable('holds')
    .addColumn('object', 'text', (column) => column.notNull())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('holds_key', ['object', 'holder'])
    .execute()
  await index(db, 'holds', 'holder', ['holder']).execute()
  await db.schema
    .createTable('garbage')
    .addColumn('object', 'text', (column) => column.primaryKey().notNull())
    .execute()
}

async function records(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('counters')
    .addColumn('tenant', 'text', (column) => column.primaryKey().notNull())
    .addColumn('last', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('tables')
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('tree', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('tables_key', ['tenant', 'name'])
    .execute()
  await db.schema
    .createTable('records')
    .addColumn('uid', 'text', (column) => column.primaryKey().notNull())
    .addColumn('id', 'bigint', (column) => column.notNull())
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('table_name', 'text', (column) => column.notNull())
    .addColumn('parent', 'text', (column) => column.references('records.uid'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('name_lower', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('owner', 'text')
    .addColumn('fields', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addForeignKeyConstraint('records_table', ['tenant', 'table_name'], 'tables', ['tenant', 'name'])
    .execute()
  await index(db, 'records', 'id', ['tenant', 'id']).unique().execute()
  await index(db, 'records', 'table', ['tenant', 'table_name', 'id']).execute()
  await index(db, 'records', 'parent', ['parent', 'name']).execute()
}

async function entries(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('entries')
    .addColumn('uid', 'text', (column) => column.primaryKey().notNull())
    .addColumn('id', 'bigint', (column) => column.notNull())
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('table_name', 'text')
    .addColumn('record', 'text', (column) => column.references('records.uid'))
    .addColumn('slot', 'text')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('content_type', 'text')
    .addColumn('file', 'text', (column) => column.notNull().references('files.id'))
    .addColumn('session', 'text')
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('is_current', 'integer', (column) => column.notNull())
    .execute()
  await index(db, 'entries', 'id', ['tenant', 'id']).unique().execute()
  await index(db, 'entries', 'kind', ['tenant', 'kind', 'id']).execute()
  await index(db, 'entries', 'record', ['record', 'id']).execute()
  await index(db, 'entries', 'file', ['file']).execute()
  await index(db, 'entries', 'session', ['session']).execute()
}

const index = (db: Kysely<unknown>, table: string, name: string, columns: string[]) =>
  db.schema.createIndex(`${table}_${name}`).on(table).columns(columns)
