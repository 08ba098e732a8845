import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely'
import { notFound } from '#errors'
import type { Entry, EntryQuery, NewEntry } from '#records'
import { batches, type Context } from './context.ts'
import { fileRepository } from './files.ts'
import { nextID, wanted } from './ids.ts'
import { entryOf, entryRow, fileOf } from './record-row.ts'
import type { EntryTable, FileTable, Schema } from './schema.ts'
import { int, storable, text, textOrNull } from './values.ts'

type Query<O> = SelectQueryBuilder<Schema, 'entries' | 'files', O>
type Row = EntryTable & { file_size: FileTable['size']; digests: string; segments: string | null }

/** Entries of records: the second half of `RecordRepository`. */
export function entryRepository(context: Context) {
  const { db } = context
  const joined = () => db.selectFrom('entries').innerJoin('files', 'files.id', 'entries.file')
  const select = <O>(query: Query<O>) =>
    query.selectAll('entries').select(['files.size as file_size', 'files.digests', 'files.segments'])
  return {
    async countEntries(uids: readonly string[]): Promise<Map<string, number>> {
      const counts = new Map<string, number>()
      for (const some of batches(uids)) {
        const rows = await db
          .selectFrom('entries')
          .select((is) => ['record', is.fn.countAll<number | string>().as('count')])
          .where('record', 'in', some)
          .where('is_current', '=', 1)
          .groupBy('record')
          .execute()
        for (const { record, count } of rows) if (record !== null) counts.set(record, int(count))
      }
      return counts
    },

    async entries(query: EntryQuery): Promise<{ entries: Entry[]; total: number }> {
      const { limit, offset = 0 } = query
      const matching = filtered(joined(), query)
      let page = select(matching).orderBy('entries.id')
      if (limit !== undefined) page = page.limit(limit).offset(offset)
      const rows = (await page.execute()).map(entryFrom)
      if (limit === undefined) return { entries: rows.slice(offset), total: rows.length }
      const { total } = await matching
        .select((is) => is.fn.countAll<number | string>().as('total'))
        .executeTakeFirstOrThrow()
      return { entries: rows, total: int(total) }
    },

    async entry(tenant: string, key: string): Promise<Entry | null> {
      const { column, value } = wanted(key)
      const row = await select(joined())
        .where('entries.tenant', '=', tenant)
        .where(`entries.${column}`, '=', value)
        .executeTakeFirst()
      return row === undefined ? null : entryFrom(row)
    },

    /** @throws Refusal NOT_FOUND (`what` is `file`) when its last reader went in the meantime */
    async insertEntry(entry: NewEntry): Promise<Entry> {
      const file = await fileRepository(context).get(entry.file)
      if (file === null) throw notFound('file', entry.file)
      const row = entryRow(await nextID(context, entry.tenant), entry)
      await db.insertInto('entries').values(row).execute()
      return entryOf(row, file)
    },

    async updateEntry(uid: string, change: Partial<Pick<Entry, 'current' | 'name' | 'slot'>>): Promise<void> {
      const { current, name, slot } = change
      const row = {
        ...(current === undefined ? {} : { is_current: current ? 1 : 0 }),
        ...(name === undefined ? {} : { name: text('name', name) }),
        ...(slot === undefined ? {} : { slot: textOrNull('slot', slot) }),
      }
      if (Object.keys(row).length > 0)
        await db.updateTable('entries').set(row).where('uid', '=', uid).execute()
    },

    async removeEntry(uid: string): Promise<void> {
      await db.deleteFrom('entries').where('uid', '=', uid).execute()
    },
  }
}

function filtered<O>(select: Query<O>, query: EntryQuery): Query<O> {
  const { tenant, viewer, record, table, kind, name, slot, session, versions = 'current' } = query
  let rows = select.where('entries.tenant', '=', tenant)
  if (viewer !== undefined) rows = rows.where((is) => isVisible(is, viewer))
  if (record !== undefined) rows = rows.where('record', '=', record)
  if (table === null) rows = rows.where('table_name', 'is', null)
  if (typeof table === 'string') rows = rows.where('table_name', '=', table)
  if (kind !== undefined) rows = rows.where('kind', '=', kind)
  if (session !== undefined) rows = rows.where('session', '=', session)
  if (name !== undefined) rows = storable(name) ? rows.where('name', '=', name) : none(rows)
  if (slot !== undefined) rows = storable(slot) ? rows.where('slot', '=', slot) : none(rows)
  return versions === 'all' ? rows : rows.where('is_current', '=', 1)
}

function isVisible(is: ExpressionBuilder<Schema, 'entries' | 'files'>, viewer: string) {
  const seen = is
    .selectFrom('records')
    .select('records.uid')
    .whereRef('records.uid', '=', 'entries.record')
    .where((own) => own.or([own('records.owner', 'is', null), own('records.owner', '=', viewer)]))
  return is.or([is('entries.record', 'is', null), is.exists(seen)])
}

const none = <O>(rows: Query<O>): Query<O> => rows.where((is) => is.lit(false))

const entryFrom = ({ file_size: size, digests, segments, ...row }: Row): Entry =>
  entryOf(row, fileOf({ id: row.file, tenant: row.tenant, size, digests, segments }))
