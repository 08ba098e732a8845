import { sql } from 'kysely'
import type { Chunk, Protocol, Session, SessionRepository, Status } from '#sessions'
import { type Context, locks } from './context.ts'
import type { ChunkTable } from './schema.ts'
import { listSessions } from './session-list.ts'
import { sessionOf } from './session-row.ts'
import { slot } from './statements.ts'
import { int, storable } from './values.ts'

export function sessionRepository(context: Context) {
  const { db, statements } = context
  const locking = locks(context)
  return {
    async get(id: string): Promise<Session | null> {
      if (!storable(id)) return null
      const select = () => db.selectFrom('sessions').selectAll().where('id', '=', slot('id'))
      const [row] = await statements.run(
        db,
        locking ? 'session for update' : 'session',
        () => (locking ? select().forUpdate() : select()),
        { id },
      )
      return row === undefined ? null : sessionOf(row)
    },

    list: (query) => listSessions(db, query),

    async chunks(session: string): Promise<Chunk[]> {
      const select = () =>
        db.selectFrom('chunks').selectAll().where('session', '=', slot('session')).orderBy('number')
      return (await statements.run(db, 'chunks', select, { session })).map(chunkOf)
    },

    async chunk(session: string, number: number): Promise<Chunk | null> {
      const select = () =>
        db
          .selectFrom('chunks')
          .selectAll()
          .where('session', '=', slot('session'))
          .where('number', '=', slot('number'))
      const [row] = await statements.run(db, 'chunk', select, { session, number })
      return row === undefined ? null : chunkOf(row)
    },

    async chunkNumbers(session: string, from: number): Promise<number[]> {
      const select = () =>
        db
          .selectFrom('chunks')
          .select('number')
          .where('session', '=', slot('session'))
          .where('number', '>=', slot('from'))
          .orderBy('number')
      const rows = await statements.run(db, 'chunk numbers', select, { session, from })
      return rows.map(({ number }) => int(number))
    },

    async members(group: string): Promise<Session[]> {
      const rows = await placed(context, group).orderBy('group_index').execute()
      return rows.map(sessionOf)
    },

    async member(group: string, index: number): Promise<Session | null> {
      const select = placed(context, group).where('group_index', '=', index).limit(1)
      const row = await (locking ? select.forUpdate() : select).executeTakeFirst()
      return row === undefined ? null : sessionOf(row)
    },

    async parts(final: string): Promise<string[]> {
      const rows = await db
        .selectFrom('parts')
        .select('part')
        .where('final', '=', final)
        .orderBy('seq')
        .execute()
      return rows.map(({ part }) => part)
    },

    async finalsOf(part: string): Promise<Session[]> {
      const finals = db.selectFrom('parts').select('final').where('part', '=', part)
      const rows = await db
        .selectFrom('sessions')
        .selectAll()
        .where('id', 'in', finals)
        .orderBy('id')
        .execute()
      return rows.map(sessionOf)
    },

    // The lists of statuses are written into the statement, or no partial index would serve it.
    async expired(now: number, limit: number): Promise<Session[]> {
      const rows = await db
        .selectFrom('sessions')
        .selectAll()
        .where('status', 'in', [sql.lit('INITIATED'), sql.lit('UPLOADING')])
        .where('expires_at', '<=', now)
        .orderBy('expires_at')
        .limit(limit)
        .execute()
      return rows.map(sessionOf)
    },

    async processing(): Promise<Session[]> {
      const rows = await db
        .selectFrom('sessions')
        .selectAll()
        .where('status', '=', sql.lit('PROCESSING'))
        .orderBy('updated_at')
        .execute()
      return rows.map(sessionOf)
    },

    async counts() {
      const rows = await db
        .selectFrom('sessions')
        .select((is) => ['protocol', 'status', is.fn.countAll<number | string>().as('count')])
        .groupBy(['protocol', 'status'])
        .execute()
      return rows.map(({ protocol, status, count }) => ({
        protocol: protocol as Protocol,
        status: status as Status,
        count: int(count),
      }))
    },
  } satisfies SessionRepository
}

/** Those that have a place in a group and are not over. */
const placed = ({ db }: Context, group: string) =>
  db
    .selectFrom('sessions')
    .selectAll()
    .where('group_id', '=', group)
    .where('group_index', 'is not', null)
    .where('status', 'not in', ['FAILED', 'CANCELED'])

const chunkOf = ({ number, size, sha256, object, position }: ChunkTable): Chunk => ({
  number: int(number),
  size: int(size),
  sha256,
  object,
  position: int(position),
})
