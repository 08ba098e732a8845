import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'
import type { Statements } from './statements.ts'

/** What the repositories must know of the database they speak to, and all that may differ between two. */
export interface Traits {
  /** rows read in order to change them are locked by `select … for update`; SQLite locks the database instead */
  readonly forUpdate: boolean
}

/** What every repository works with: a connection, or a transaction. */
export interface Context {
  readonly db: Kysely<Schema>
  readonly traits: Traits
  /** shared by all contexts of one database */
  readonly statements: Statements
  /** inside a transaction that may change what it reads */
  readonly writing: boolean
}

/** Rows read now stay as they are until the transaction ends. */
export const locks = ({ writing, traits }: Context): boolean => writing && traits.forUpdate

/** Runs of at most so many items, because a statement carries a limited number of values. */
export function* batches<T>(items: readonly T[], size = 500): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}
