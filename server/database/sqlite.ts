import { Refusal } from '#errors'
import type { Database } from '#sessions'
import type { Traits } from './context.ts'
import { GroupCommit } from './group-commit.ts'
import { repositories } from './repositories.ts'
import { type Connection, kysely, transactions } from './sqlite-connection.ts'
import { type OpenFile, openFile } from './sqlite-file.ts'
import { Statements } from './statements.ts'

const TRAITS: Traits = { forUpdate: false }

/**
 * Opens the embedded database, makes it when it is absent and brings its tables up to date. One process at a time.
 * @throws Error that says which file, what is wrong with it and what to do
 */
export const openSQLite = async ({ file }: { file: string }): Promise<OpenDatabase> =>
  overFile(await openFile(file))

export function overFile({ writer, reader, probe }: OpenFile) {
  const statements = new Statements()
  const write = { db: kysely(writer), traits: TRAITS, statements, writing: true }
  const tx = repositories(write)
  const group = new GroupCommit(transactions(writer))
  let open = true
  return {
    ...repositories({ ...write, db: kysely(reader), writing: false }),

    write<T>(work: (repositories: typeof tx) => Promise<T>): Promise<T> {
      if (open) return group.write(() => work(tx))
      return Promise.reject(new Refusal('UNAVAILABLE', 'the database is closed'))
    },

    /** Rejects with the reason when the database cannot be used. */
    async probe(): Promise<void> {
      if (!open) throw new Refusal('UNAVAILABLE', 'the database is closed')
      await probe()
    },

    /** Takes no more writes, waits for those under way, closes the file. */
    async close(): Promise<void> {
      open = false
      await group.settled()
      close(reader)
      close(writer)
    },
  } satisfies Database & Record<string, unknown>
}

export type OpenDatabase = ReturnType<typeof overFile>

const close = (connection: Connection): void => connection.close()
