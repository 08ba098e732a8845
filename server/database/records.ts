import type { SelectQueryBuilder } from 'kysely'
import type { BusinessRecord, NewRecord, RecordQuery, RecordRepository, Table } from '#records'
import { type Context, locks } from './context.ts'
import { entryRepository } from './entries.ts'
import { nextID, wanted } from './ids.ts'
import { namesRow, recordOf, recordRow } from './record-row.ts'
import type { RecordTable, Schema } from './schema.ts'
import { contains } from './search.ts'
import { fold, int, json, storable, text, textOrNull, whole } from './values.ts'

type Query<O> = SelectQueryBuilder<Schema, 'records', O>
type Change = Parameters<RecordRepository['update']>[1]

const ORDERS = { id: 'id', name: 'name', createdAt: 'created_at', updatedAt: 'updated_at' } as const

export function recordRepository(context: Context) {
  const { db } = context
  const locking = locks(context)
  return {
    ...entryRepository(context),

    async tables(tenant: string) {
      const rows = await db
        .selectFrom('tables')
        .select((is) => [
          'name',
          'tree',
          is
            .selectFrom('records')
            .select((records) => records.fn.countAll<number | string>().as('count'))
            .where('records.tenant', '=', tenant)
            .whereRef('records.table_name', '=', 'tables.name')
            .as('count'),
        ])
        .where('tenant', '=', tenant)
        .orderBy('name')
        .execute()
      return rows.map(({ name, tree, count }) => ({
        tenant,
        name,
        tree: tree === 1,
        records: int(count ?? 0),
      }))
    },

    async table(tenant: string, name: string): Promise<Table | null> {
      if (!storable(name)) return null
      const row = await db
        .selectFrom('tables')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('name', '=', name)
        .executeTakeFirst()
      return row === undefined ? null : { tenant, name: row.name, tree: row.tree === 1 }
    },

    async insertTable({ tenant, name, tree }: Table): Promise<boolean> {
      const rows = await db
        .insertInto('tables')
        .values({ tenant, name: text('name', name), tree: tree ? 1 : 0 })
        .onConflict((conflict) => conflict.doNothing())
        .returning('name')
        .execute()
      return rows.length > 0
    },

    async list(query: RecordQuery) {
      const { order = { by: 'id', descending: false }, limit, offset = 0 } = query
      const direction = order.descending ? 'desc' : 'asc'
      const matching = filtered(db.selectFrom('records'), query)
      const rows = await matching
        .selectAll()
        .orderBy(ORDERS[order.by], direction)
        .orderBy('id', direction)
        .limit(limit)
        .offset(offset)
        .execute()
      const { total } = await matching
        .select((is) => is.fn.countAll<number | string>().as('total'))
        .executeTakeFirstOrThrow()
      return { records: rows.map(recordOf), total: int(total) }
    },

    async get(tenant: string, table: string | null, key: string): Promise<BusinessRecord | null> {
      const { column, value } = wanted(key)
      let select = db.selectFrom('records').selectAll().where('tenant', '=', tenant).where(column, '=', value)
      if (table !== null) select = select.where('table_name', '=', text('table', table))
      const row = await (locking ? select.forUpdate() : select).executeTakeFirst()
      return row === undefined ? null : recordOf(row)
    },

    async insert(record: NewRecord): Promise<BusinessRecord> {
      const id = await nextID(context, record.tenant)
      const row = recordRow(id, record)
      await db.insertInto('records').values(row).execute()
      return { ...record, id }
    },

    async update(uid: string, change: Change): Promise<void> {
      const row = changeRow(change)
      if (Object.keys(row).length === 0) return
      await db.updateTable('records').set(row).where('uid', '=', uid).execute()
    },

    async remove(uid: string): Promise<void> {
      await db.deleteFrom('records').where('uid', '=', uid).execute()
    },
  } satisfies RecordRepository
}

function changeRow({ name, parent, fields, updatedAt }: Change): Partial<RecordTable> {
  return {
    ...(name === undefined ? {} : namesRow(name)),
    ...(parent === undefined ? {} : { parent: textOrNull('parent', parent) }),
    ...(fields === undefined ? {} : { fields: json(fields) }),
    ...(updatedAt === undefined ? {} : { updated_at: whole('time of change', updatedAt) }),
  }
}

function filtered<O>(
  select: Query<O>,
  { tenant, table, viewer, parent, text, where }: RecordQuery,
): Query<O> {
  let rows = select.where('tenant', '=', tenant).where('table_name', '=', table)
  if (viewer !== null) rows = rows.where((is) => is.or([is('owner', 'is', null), is('owner', '=', viewer)]))
  if (parent === null) rows = rows.where('parent', 'is', null)
  if (typeof parent === 'string') rows = rows.where('parent', '=', parent)
  if (where !== undefined) rows = having(rows, where)
  if (text === undefined || text === '') return rows
  return rows.where((is) => {
    const { column, value } = wanted(text.trim())
    return is.or([contains('name_lower', text), is(column, '=', value)])
  })
}

function having<O>(rows: Query<O>, { field, value }: NonNullable<RecordQuery['where']>): Query<O> {
  if (!storable(value)) return rows.where((is) => is.lit(false))
  if (field !== 'id')
    return rows.where(field, '=', field === 'name' || field === 'kind' ? value : fold(value))
  const { column, value: id } = wanted(value)
  return column === 'id' ? rows.where('id', '=', id as number) : rows.where((is) => is.lit(false))
}
