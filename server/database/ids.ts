import type { Context } from './context.ts'
import { int, storable } from './values.ts'

/** Records and entries count on from here, so that ids of theirs do not look like row numbers. */
const FIRST = 1_000_000

/** The next integer id of a tenant: records and entries draw from one sequence, gaps are possible. */
export async function nextID({ db }: Context, tenant: string): Promise<number> {
  const { last } = await db
    .insertInto('counters')
    .values({ tenant, last: FIRST })
    .onConflict((conflict) =>
      conflict.column('tenant').doUpdateSet((is) => ({ last: is('counters.last', '+', 1) })),
    )
    .returning('last')
    .executeTakeFirstOrThrow()
  return int(last)
}

/** What a key means: all digits are an integer id, anything else is a uid, in either case. */
export function wanted(key: string): { column: 'id' | 'uid'; value: number | string } {
  const id = /^\d{1,16}$/.test(key) ? Number(key) : Number.NaN
  if (Number.isSafeInteger(id)) return { column: 'id', value: id }
  return { column: 'uid', value: storable(key) ? key.toLowerCase() : '' }
}
