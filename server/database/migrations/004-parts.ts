import type { Kysely } from 'kysely'

/** Uploads that are to be put together from others, and from which, in which order. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('parts')
    .addColumn('final', 'text', (column) => column.notNull().references('sessions.id'))
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('part', 'text', (column) => column.notNull().references('sessions.id'))
    .addPrimaryKeyConstraint('parts_key', ['final', 'seq'])
    .execute()
  await db.schema.createIndex('parts_part').on('parts').columns(['part']).execute()
}
