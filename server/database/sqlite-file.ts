import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Migrator } from 'kysely/migration'
import { Refusal } from '#errors'
import { migrations } from './migrations/index.ts'
import { Connection, kysely } from './sqlite-connection.ts'
import { resultCode } from './sqlite-errors.ts'

/** "Slip": says in the file's header whose it is. */
const APPLICATION = 0x536c6970
/** A larger file is not read from end to end at start, bytes. */
const CHECKED = 256 * 1024 * 1024
const PROBLEMS: Readonly<Record<number, readonly [what: string, remedy: string]>> = {
  5: ['is in use by another process', 'stop the other server that uses this data directory'],
  8: ['is read-only', 'let this user write to the file and its folder'],
  10: ['cannot be read or written', 'check the disk, then start again'],
  11: ['is damaged', 'restore it from a backup, or move it away to begin anew'],
  13: ['cannot grow because the disk is full', 'make room on the disk, then start again'],
  14: ['cannot be opened', 'let this user read and write the file and its folder'],
  26: ['is no SQLite database, or is damaged', 'restore it from a backup, or move it away to begin anew'],
}

export interface OpenFile {
  readonly writer: Connection
  /** sees what is committed, and never waits for a writer */
  readonly reader: Connection
  probe(): Promise<void>
}

/** @throws Error that says which file, what is wrong with it and what to do */
export async function openFile(file: string): Promise<OpenFile> {
  const connections: Connection[] = []
  const connect = (): Connection => {
    const connection = new Connection(file)
    connections.push(connection)
    return connection
  }
  try {
    makePrivate(file)
    const writer = connect()
    claim(file, writer)
    await migrate(file, writer)
    const reader = connect()
    reader.raw.exec('pragma query_only = on')
    const { ino } = statSync(file)
    return { writer, reader, probe: async () => probe(file, ino, reader) }
  } catch (error) {
    for (const connection of connections) connection.close()
    throw explain(file, error)
  }
}

/** The owner alone may read it: it holds the names of files and the digests of passwords. */
function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
}

function claim(file: string, { raw }: Connection): void {
  const application = pragma(raw, 'application_id')
  const empty = pragma(raw, 'schema_version') === 0
  if (!empty && application !== APPLICATION)
    throw problem(file, 'is the database of another program', 'name another data directory')
  if (!empty && statSync(file).size <= CHECKED && pragma(raw, 'quick_check(1)') !== 'ok')
    throw problem(file, ...(PROBLEMS[11] as [string, string]))
  raw.exec('pragma journal_mode = wal')
  // "With synchronous=FULL in WAL mode … the transaction is durable across a power loss." sqlite.org/wal.html
  raw.exec('pragma synchronous = full')
  raw.exec('pragma journal_size_limit = 67108864')
  raw.exec('begin immediate')
  if (empty) raw.exec(`pragma application_id = ${APPLICATION}`)
  raw.exec('commit')
}

const pragma = (raw: Connection['raw'], name: string): unknown =>
  Object.values(raw.prepare(`pragma ${name}`).get() ?? {})[0]

async function migrate(file: string, writer: Connection): Promise<void> {
  const db = kysely(writer)
  const known = Object.keys(migrations)
  const [table] = writer.raw.prepare("select 1 from sqlite_schema where name = 'kysely_migration'").all()
  const done = table === undefined ? [] : writer.raw.prepare('select name from kysely_migration').all()
  const newer = done.map(({ name }) => String(name)).filter((name) => !known.includes(name))
  if (newer.length > 0)
    throw problem(
      file,
      `was written by a newer version (it has ${newer.join(', ')})`,
      'start that version, or restore a backup made before it',
    )
  if (done.length === known.length) return
  const provider = { getMigrations: async () => ({ ...migrations }) }
  const { error } = await new Migrator({ db, provider }).migrateToLatest()
  if (error !== undefined) throw error
}

/** A file that was moved or removed is still written to, and lost with this process. */
function probe(file: string, ino: number, reader: Connection): void {
  const now = statSync(file, { throwIfNoEntry: false })
  if (now?.ino !== ino)
    throw new Refusal('UNAVAILABLE', 'the database file was moved or removed while it was in use')
  reader.prepare('select 1 from counters limit 1').all([])
}

function explain(file: string, error: unknown): Error {
  if (error instanceof Problem) return error
  const reason = error instanceof Refusal ? error.cause : error
  const code = resultCode(reason)
  const [what, remedy] = PROBLEMS[(code ?? -1) & 0xff] ?? [
    'cannot be opened',
    'check that this user may read and write the file and its folder',
  ]
  return problem(file, what, remedy, reason)
}

class Problem extends Error {}

function problem(file: string, what: string, remedy: string, cause?: unknown): Problem {
  const detail = cause instanceof Error ? ` (${cause.message})` : ''
  return new Problem(`the database ${file} ${what}${detail}: ${remedy}`, { cause })
}
