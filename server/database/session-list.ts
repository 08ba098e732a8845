import { type ExpressionBuilder, type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import { invalid } from '#errors'
import type { Page, Session, SessionQuery, Status } from '#sessions'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { Schema, SessionTable } from './schema.ts'
import { contains } from './search.ts'
import { sessionOf } from './session-row.ts'

type Query = SelectQueryBuilder<Schema, 'sessions', SessionTable>

/** Statuses under the partial index `sessions_unfinished`, spelled as it spells them. */
const UNFINISHED: readonly Status[] = ['INITIATED', 'UPLOADING', 'PROCESSING', 'FAILED']

const ORDERS = {
  newest: { column: 'created_at', direction: 'desc', beyond: '<' },
  oldest: { column: 'created_at', direction: 'asc', beyond: '>' },
  changed: { column: 'updated_at', direction: 'asc', beyond: '>' },
} as const

/** Pages by the place of the last row, so that the thousandth page costs what the first does. */
export async function listSessions(db: Kysely<Schema>, query: SessionQuery): Promise<Page<Session>> {
  const { order, limit, cursor } = query
  if (!Number.isSafeInteger(limit) || limit < 1) throw invalid('limit', 'must be a whole number above 0')
  const { column, direction, beyond } = ORDERS[order]
  const after = cursor === undefined ? null : decodeCursor(cursor, order)
  let select = filtered(db.selectFrom('sessions').selectAll(), query)
  if (after !== null)
    select = select.where((is) => is(is.refTuple(column, 'id'), beyond, is.tuple(after.at, after.id)))
  const rows = await select
    .orderBy(column, direction)
    .orderBy('id', direction)
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(sessionOf)
  const last = items.at(-1)
  if (rows.length <= limit || last === undefined) return { items, nextCursor: null }
  const at = order === 'changed' ? last.updatedAt : last.createdAt
  return { items, nextCursor: encodeCursor({ order, at, id: last.id }) }
}

function filtered(select: Query, query: SessionQuery): Query {
  const { tenant, owner, protocol, status, group, text, changedSince } = query
  let rows = select.where('tenant', '=', tenant)
  if (owner !== undefined) rows = rows.where('owner', '=', owner)
  if (protocol !== undefined) rows = rows.where('protocol', '=', protocol)
  if (status !== undefined) rows = rows.where((is) => withStatus(is, status))
  if (group !== undefined) rows = rows.where('group_id', '=', group)
  if (changedSince !== undefined) rows = rows.where('updated_at', '>=', changedSince)
  if (text === undefined || text === '') return rows
  return rows.where(contains('file_name_lower', text))
}

function withStatus(is: ExpressionBuilder<Schema, 'sessions'>, status: readonly Status[]) {
  if (status.length === 0) return is.lit(false)
  const among = is('status', 'in', status)
  if (!status.every((one) => UNFINISHED.includes(one))) return among
  const indexed = UNFINISHED.map((one) => sql.lit(one))
  return is.and([is('status', 'in', indexed), among])
}
