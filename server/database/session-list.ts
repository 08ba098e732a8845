import { type ExpressionBuilder, type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import { invalid } from '#errors'
import type { Page, Session, SessionQuery, Status } from '#sessions'
import { decodeCursor, encodeCursor, type Place } from './cursor.ts'
import type { Schema, SessionTable } from './schema.ts'
import { contains } from './search.ts'
import { sessionOf } from './session-row.ts'
import { int } from './values.ts'

type Query = SelectQueryBuilder<Schema, 'sessions', SessionTable>

/** Statuses under the partial index `sessions_unfinished`, spelled as it spells them. */
const UNFINISHED: readonly Status[] = ['INITIATED', 'UPLOADING', 'PROCESSING', 'FAILED']

const ORDERS = {
  newest: { column: 'created_at', direction: 'desc', after: '<', until: '>=' },
  oldest: { column: 'created_at', direction: 'asc', after: '>', until: '<=' },
  changed: { column: 'updated_at', direction: 'asc', after: '>', until: '<=' },
} as const

/** Rows looked through at a time where no index finds them: a few milliseconds, and others get their turn. */
const WINDOW = 5000

/** Pages by the place of the last row, so that the thousandth page costs what the first does. */
export async function listSessions(db: Kysely<Schema>, query: SessionQuery): Promise<Page<Session>> {
  const { order, limit, cursor } = query
  if (!Number.isSafeInteger(limit) || limit < 1) throw invalid('limit', 'must be a whole number above 0')
  const rows: SessionTable[] = []
  let after = cursor === undefined ? null : decodeCursor(cursor, order)
  for (;;) {
    const until = isSearch(query) ? await windowEnd(db, query, after) : null
    rows.push(...(await read(db, query, after, until, limit + 1 - rows.length)))
    if (until === null || rows.length > limit) break
    after = until
    await new Promise(setImmediate)
  }
  const items = rows.slice(0, limit).map(sessionOf)
  const last = items.at(-1)
  if (rows.length <= limit || last === undefined) return { items, nextCursor: null }
  const at = order === 'changed' ? last.updatedAt : last.createdAt
  return { items, nextCursor: encodeCursor({ order, at, id: last.id }) }
}

/** Rows may have to be looked at that are not wanted, any number of them. */
function isSearch({ text, protocol, status, group, changedSince, order }: SessionQuery): boolean {
  if (group !== undefined) return false
  if (status !== undefined) return !isUnfinished(status)
  return Boolean(text) || protocol !== undefined || (changedSince !== undefined && order !== 'changed')
}

/** The place of the last row of a window, by an index alone; null when the end is nearer. */
async function windowEnd(
  db: Kysely<Schema>,
  query: SessionQuery,
  after: Place | null,
): Promise<Place | null> {
  const { tenant, owner, order } = query
  const { column, direction } = ORDERS[order]
  let select = db.selectFrom('sessions').select([column, 'id']).where('tenant', '=', tenant)
  if (owner !== undefined && order !== 'changed') select = select.where('owner', '=', owner)
  if (after !== null) select = select.where((is) => bounded(is, 'after', after))
  const row = await select
    .orderBy(column, direction)
    .orderBy('id', direction)
    .limit(1)
    .offset(WINDOW)
    .executeTakeFirst()
  return row === undefined ? null : { order, at: int(row[column]), id: row.id }
}

/** Rows after one place, up to and with another. */
function read(
  db: Kysely<Schema>,
  query: SessionQuery,
  after: Place | null,
  until: Place | null,
  limit: number,
): Promise<SessionTable[]> {
  const { column, direction } = ORDERS[query.order]
  let rows = filtered(db.selectFrom('sessions').selectAll(), query)
  if (after !== null) rows = rows.where((is) => bounded(is, 'after', after))
  if (until !== null) rows = rows.where((is) => bounded(is, 'until', until))
  return rows.orderBy(column, direction).orderBy('id', direction).limit(limit).execute()
}

function bounded(is: ExpressionBuilder<Schema, 'sessions'>, by: 'after' | 'until', { order, at, id }: Place) {
  return is(is.refTuple(ORDERS[order].column, 'id'), ORDERS[order][by], is.tuple(at, id))
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
  if (!isUnfinished(status)) return among
  const indexed = UNFINISHED.map((one) => sql.lit(one))
  return is.and([is('status', 'in', indexed), among])
}

const isUnfinished = (status: readonly Status[]): boolean => status.every((one) => UNFINISHED.includes(one))
