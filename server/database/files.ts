import type { FileRepository, StoredFile } from '#records'
import { batches, type Context, locks } from './context.ts'
import { fileOf, fileRow } from './record-row.ts'
import { release } from './release.ts'
import { slot } from './statements.ts'
import { storable } from './values.ts'

export function fileRepository(context: Context) {
  const { db, statements } = context
  const locking = locks(context)
  const discard = async (objects: readonly string[]): Promise<void> => {
    for (const some of batches(objects))
      await db
        .insertInto('garbage')
        .values(some.map((object) => ({ object })))
        .onConflict((conflict) => conflict.doNothing())
        .execute()
  }
  return {
    async get(id: string): Promise<StoredFile | null> {
      if (!storable(id)) return null
      const select = db.selectFrom('files').selectAll().where('id', '=', id)
      const row = await (locking ? select.forUpdate() : select).executeTakeFirst()
      return row === undefined ? null : fileOf(row)
    },

    async insert(file: StoredFile): Promise<void> {
      const row = { ...fileRow(file) }
      const slots = {
        id: slot('id'),
        tenant: slot('tenant'),
        size: slot('size'),
        digests: slot('digests'),
        segments: slot('segments'),
      } satisfies Record<keyof typeof row, never>
      await statements.run(db, 'new file', () => db.insertInto('files').values(slots), row)
    },

    async hold(holder: string, objects: readonly string[]): Promise<void> {
      for (const some of batches(objects))
        await db
          .insertInto('holds')
          .values(some.map((object) => ({ object, holder })))
          .onConflict((conflict) => conflict.doNothing())
          .execute()
    },

    async isHeld(object: string): Promise<boolean> {
      const held = db.selectFrom('holds').select('holder').where('object', '=', object).limit(1)
      return (await held.executeTakeFirst()) !== undefined
    },

    async release(holder: string, objects: readonly string[]): Promise<string[]> {
      const garbage = await release(context, holder, objects)
      await discard(garbage)
      return garbage
    },

    discard,

    async garbage(limit: number): Promise<string[]> {
      const rows = await db.selectFrom('garbage').select('object').orderBy('object').limit(limit).execute()
      return rows.map(({ object }) => object)
    },

    async forgetGarbage(objects: readonly string[]): Promise<void> {
      for (const some of batches(objects))
        await db.deleteFrom('garbage').where('object', 'in', some).execute()
    },
  } satisfies FileRepository
}
