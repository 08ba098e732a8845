import { Refusal } from '#errors'

/** Primary result codes, https://www.sqlite.org/rescode.html */
const FULL = 13
const AWAY: ReadonlySet<number> = new Set([
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  10, // IOERR
  11, // CORRUPT
  14, // CANTOPEN
  15, // PROTOCOL
  26, // NOTADB
])
/** The shared-memory file could not grow: a full disk too. */
const IOERR_SHMSIZE = 4874

/** The extended result code, or null for an error that is not SQLite's. */
export function resultCode(error: unknown): number | null {
  const known = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
  return known ? (error.errcode as number) : null
}

/**
 * What the core is told of an error: NO_SPACE for a full disk, UNAVAILABLE for a file that cannot be read or written.
 * Any other is a mistake in this program and stays as it is.
 */
export function translate(error: unknown): unknown {
  const code = resultCode(error)
  if (code === null) return error
  if ((code & 0xff) === FULL || code === IOERR_SHMSIZE)
    return new Refusal('NO_SPACE', 'the disk of the database is full', {}, { cause: error })
  if (AWAY.has(code & 0xff))
    return new Refusal('UNAVAILABLE', 'the database cannot be read or written', {}, { cause: error })
  return error
}
