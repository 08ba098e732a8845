import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CannotStart } from './cannot-start.ts'

export interface DataFolder {
  readonly path: string
  readonly database: string
  readonly files: string
  /** Lets another process have it. */
  release(): void
}

/**
 * Makes the data folder (mode 0700) and takes it for this process: two servers on one folder would not know of each
 * other's writers. The lock is a lock of the system on an open file, so it ends with the process, however that ends.
 * @throws CannotStart: which folder, what is wrong and what to do
 */
export function takeDataFolder(given: string): DataFolder {
  const path = resolve(given)
  try {
    makeFolder(path)
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    chmodSync(path, 0o700)
    makeFolder(join(path, 'files'))
  } catch (cause) {
    throw new CannotStart(
      `the data folder ${path} cannot be used: ${(cause as Error).message}. Make it writable for this user, or set SLIPWAY_DATA_DIR to another folder.`,
      { cause },
    )
  }
  const lock = takeLock(path)
  return {
    path,
    database: join(path, 'slipway.db'),
    files: join(path, 'files'),
    release: () => lock.close(),
  }
}

/** With the folders above it. `recursive` of Node's own never returns where the system makes no folders, as in `/proc`. */
function makeFolder(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory()) return
  if (found !== undefined) throw new Error(`${path} is not a folder`)
  if (dirname(path) !== path) makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

function takeLock(path: string): DatabaseSync {
  const file = join(path, 'lock')
  try {
    const lock = new DatabaseSync(file)
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    const taken = (cause as { errcode?: number }).errcode === 5
    throw new CannotStart(
      taken
        ? `the data folder ${path} is in use by another Slipway process. Stop that one, or set SLIPWAY_DATA_DIR to another folder.`
        : `the data folder ${path} cannot be locked: ${(cause as Error).message}. Make it writable for this user; if ${file} is damaged, delete that file.`,
      { cause },
    )
  }
}
