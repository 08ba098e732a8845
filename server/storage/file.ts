import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LRUCache } from 'lru-cache'
import { Refusal } from '#errors'
import type { ByteStore, ObjectWriter, Segment } from '#sessions'
import { isObjectName, objectPath } from './object-path.ts'
import { DiskRoom, full } from './room.ts'

/** Bytes read from a file at a time. */
const READ = 1024 * 1024
/**
 * Objects as files, two letters of the name as the folder. No lock files, no info files, no temporary files: offsets and
 * names live in the database, and a file may be longer than what counts of it.
 */
export class FileByteStore implements ByteStore {
  readonly #root: string
  readonly #room: DiskRoom
  readonly #folders = new Map<string, Promise<void>>()
  /** files whose entry in their folder is known to be durable */
  readonly #durable = new LRUCache<string, true>({ max: 50_000 })

  constructor(root: string) {
    this.#root = root
    this.#room = new DiskRoom(root)
  }

  async open(object: string): Promise<ObjectWriter> {
    const path = this.#path(object)
    try {
      await this.#folder(dirname(path))
      const file = await open(path, constants.O_WRONLY | constants.O_CREAT, 0o600)
      return new FileWriter(file, this.#room, () => this.#nameIsDurable(path))
    } catch (error) {
      throw translated(error)
    }
  }

  async *read({ object, position, length }: Segment): AsyncGenerator<Buffer> {
    if (length === 0) return
    const file = await open(this.#path(object), constants.O_RDONLY)
    try {
      for (let done = 0; done < length; ) {
        const buffer = Buffer.allocUnsafe(Math.min(READ, length - done))
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position + done)
        if (bytesRead === 0) throw new Error(`object ${object} ends before byte ${position + length}`)
        done += bytesRead
        yield buffer.subarray(0, bytesRead)
      }
    } finally {
      await file.close()
    }
  }

  async remove(objects: readonly string[]): Promise<void> {
    for (const object of objects) {
      await rm(this.#path(object), { force: true })
      this.#durable.delete(this.#path(object))
    }
  }

  async *apart(before: number): AsyncGenerator<string> {
    for (const folder of await names(this.#root)) {
      for (const name of await names(join(this.#root, folder))) {
        if (!isObjectName(name) || !name.includes('.')) continue
        // One that is removed in the meantime is no concern of the caller any more.
        const info = await stat(join(this.#root, folder, name)).catch(() => null)
        if (info !== null && info.mtimeMs < before) yield name
      }
    }
  }

  async probe(): Promise<void> {
    const path = join(this.#root, '.probe')
    await writeFile(path, String(process.pid))
    await stat(path)
    await this.#room.assertSome()
  }

  #path(object: string): string {
    return objectPath(this.#root, object)
  }

  async #nameIsDurable(path: string): Promise<void> {
    if (this.#durable.has(path)) return
    await syncFolder(dirname(path))
    this.#durable.set(path, true)
  }

  /** Made once; a new folder's name is durable before anything in it counts. */
  #folder(path: string): Promise<void> {
    const known = this.#folders.get(path)
    if (known !== undefined) return known
    const made = mkdir(path, { recursive: true, mode: 0o700 }).then(() => syncFolder(this.#root))
    this.#folders.set(path, made)
    made.catch(() => this.#folders.delete(path))
    return made
  }
}

class FileWriter implements ObjectWriter {
  readonly #file: FileHandle
  readonly #room: DiskRoom
  readonly #nameIsDurable: () => Promise<void>

  constructor(file: FileHandle, room: DiskRoom, nameIsDurable: () => Promise<void>) {
    this.#file = file
    this.#room = room
    this.#nameIsDurable = nameIsDurable
  }

  write(pieces: readonly Buffer[], position: number): Promise<void> {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    return this.#room
      .take(length, () => this.#write(pieces, position))
      .catch((error: unknown) => {
        throw translated(error)
      })
  }

  async #write(pieces: readonly Buffer[], position: number): Promise<void> {
    let rest = [...pieces]
    let at = position
    while (rest.length > 0) {
      let { bytesWritten } = await this.#file.writev(rest, at)
      at += bytesWritten
      // A full disk takes part of a write before it refuses the next one.
      while (rest[0] !== undefined && bytesWritten >= rest[0].length) {
        bytesWritten -= rest[0].length
        rest = rest.slice(1)
      }
      if (bytesWritten > 0 && rest[0] !== undefined) rest[0] = rest[0].subarray(bytesWritten)
    }
  }

  async flush(): Promise<void> {
    await this.#file.datasync().catch((error: unknown) => {
      throw translated(error)
    })
    await this.#nameIsDurable()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** A file's name is durable when its folder is synced (fsync(2)); Windows has no such call and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** What is in a folder; nothing in one that is not there, or is none. */
async function names(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return []
    throw error
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

/** Somebody took the folder away, or the rights to it, or it is broken. */
const AWAY: ReadonlySet<string> = new Set(['EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENOENT', 'ENOTDIR'])

function translated(error: unknown): unknown {
  const code = codeOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return full(error)
  if (code !== undefined && AWAY.has(code)) {
    return new Refusal('UNAVAILABLE', 'the store cannot be written to at the moment', {}, { cause: error })
  }
  return error
}
