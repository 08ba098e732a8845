import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteAdapter, SqliteDialect, type SqliteStatement } from 'kysely'
import type { Transactions } from './group-commit.ts'
import type { Schema } from './schema.ts'
import { translate } from './sqlite-errors.ts'

/** Prepared statements kept; the rarest goes first. */
const PREPARED = 300

/** Pages kept in memory, KiB. */
const CACHE = 16 * 1024

/** One connection, in the shape of better-sqlite3 that Kysely's dialect speaks to. */
export class Connection {
  readonly raw: DatabaseSync
  readonly #prepared = new Map<string, SqliteStatement>()

  constructor(file: string) {
    this.raw = new DatabaseSync(file, { timeout: 5000, enableForeignKeyConstraints: true })
    this.raw.exec(`pragma cache_size = -${CACHE}`)
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#prepared.get(sql)
    if (known !== undefined) {
      this.#prepared.delete(sql)
      this.#prepared.set(sql, known)
      return known
    }
    const statement = guarded(() => adapt(this.raw.prepare(sql)))
    this.#prepared.set(sql, statement)
    const [oldest] = this.#prepared.keys()
    if (this.#prepared.size > PREPARED && oldest !== undefined) this.#prepared.delete(oldest)
    return statement
  }

  run(sql: string): void {
    this.prepare(sql).run([])
  }

  close(): void {
    this.#prepared.clear()
    if (this.raw.isOpen) this.raw.close()
  }
}

function adapt(statement: StatementSync): SqliteStatement {
  const inputs = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => guarded(() => statement.all(...inputs(parameters))),
    run: (parameters) => guarded(() => statement.run(...inputs(parameters))),
    iterate: (parameters) => statement.iterate(...inputs(parameters)),
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw translate(error)
  }
}

export const kysely = (connection: Connection): Kysely<Schema> =>
  new Kysely<Schema>({ dialect: new Dialect({ database: connection }) })

class Dialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new Adapter()
  }
}

/** SQLite undoes changes of the schema too, so a migration that a crash cut short never was. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

export const transactions = (connection: Connection): Transactions => ({
  begin: () => connection.run('begin immediate'),
  commit: () => connection.run('commit'),
  rollback: () => {
    if (connection.raw.isTransaction) connection.run('rollback')
  },
  active: () => connection.raw.isTransaction,
  savepoint: () => connection.run('savepoint job'),
  releaseSavepoint: () => connection.run('release job'),
  rollbackToSavepoint: () => {
    if (!connection.raw.isTransaction) return false
    try {
      connection.run('rollback to job')
      connection.run('release job')
      return true
    } catch {
      return false
    }
  },
})
