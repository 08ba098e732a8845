import { type RawBuilder, sql } from 'kysely'
import { fold, storable } from './values.ts'

/** Folded characters beyond which no name goes; databases limit what `like` takes. */
const LONGEST = 16_384

/** Rows whose column, which holds folded text, contains `part` in any case; nothing in it is a wildcard. */
export function contains(column: string, part: string): RawBuilder<boolean> {
  const folded = fold(part)
  if (!storable(folded) || folded.length > LONGEST) return sql<boolean>`1 = 0`
  const pattern = `%${folded.replace(/[\\%_]/g, '\\$&')}%`
  return sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`
}
