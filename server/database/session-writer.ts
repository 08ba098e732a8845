import { Refusal } from '#errors'
import type { Change, Chunk, Expected, Session, SessionWriter } from '#sessions'
import { batches, type Context } from './context.ts'
import type { SessionTable } from './schema.ts'
import { sessionOf, sessionRow } from './session-row.ts'
import { sessionRepository } from './sessions.ts'
import { slot } from './statements.ts'
import { whole } from './values.ts'

export function sessionWriter(context: Context) {
  const { db, statements } = context
  return {
    ...sessionRepository(context),

    async insert(session: Session): Promise<void> {
      const row = sessionRow(session)
      const build = () =>
        db
          .insertInto('sessions')
          .values(slots<SessionTable>(row))
          .onConflict((conflict) => conflict.column('id').doNothing())
          .returning('id')
      const inserted = await statements.run(db, 'insert session', build, row)
      if (inserted.length === 0) throw new Refusal('CONFLICT', `there is an upload ${session.id} already`)
    },

    async update(id: string, { status, offset }: Expected, change: Change): Promise<Session | null> {
      if (status?.length === 0) return null
      const row = sessionRow(change)
      const values: Record<string, unknown> = { ...row, '?id': id, '?offset': offset }
      status?.forEach((one, index) => {
        values[`?status${index}`] = one
      })
      const names = Object.keys(row)
      const key = `update session ${names.join()} ${status?.length ?? 0} ${offset !== undefined}`
      const build = () => {
        let update = db
          .updateTable('sessions')
          .set(names.length === 0 ? { id: slot('?id') } : slots<SessionTable>(row))
          .where('id', '=', slot('?id'))
        if (status)
          update = update.where(
            'status',
            'in',
            status.map((_, index) => slot(`?status${index}`)),
          )
        if (offset !== undefined) update = update.where('committed', '=', slot('?offset'))
        return update.returningAll()
      }
      const [changed] = await statements.run(db, key, build, values)
      return changed === undefined ? null : sessionOf(changed)
    },

    async putChunk(session: string, chunk: Chunk): Promise<void> {
      const { sha256, object } = chunk
      const row = {
        session,
        number: whole('chunk number', chunk.number),
        size: whole('length', chunk.size),
        sha256,
        object,
        position: whole('position', chunk.position),
      }
      const build = () =>
        db
          .insertInto('chunks')
          .values(slots<typeof row>(row))
          .onConflict((conflict) =>
            conflict.columns(['session', 'number']).doUpdateSet({
              size: slot('size'),
              sha256: slot('sha256'),
              object: slot('object'),
              position: slot('position'),
            }),
          )
      await statements.run(db, 'put chunk', build, row)
    },

    async removeChunks(session: string): Promise<void> {
      await db.deleteFrom('chunks').where('session', '=', session).execute()
    },

    async insertParts(final: string, parts: readonly string[]): Promise<void> {
      const rows = parts.map((part, seq) => ({ final, seq, part }))
      for (const some of batches(rows)) await db.insertInto('parts').values(some).execute()
    },

    async removeParts(final: string): Promise<void> {
      await db.deleteFrom('parts').where('final', '=', final).execute()
    },
  } satisfies SessionWriter
}

const slots = <Row>(row: object): Row =>
  Object.fromEntries(Object.keys(row).map((name) => [name, slot(name)])) as Row
