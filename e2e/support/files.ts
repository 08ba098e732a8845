import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

export const KIB = 1024
export const MIB = 1024 * KIB

/** A file on this machine's disk. */
export interface Sample {
  path: string
  name: string
  size: number
  sha256: string
}

const WRITTEN = new Date('2026-03-01T12:00:00Z')

/** Writes a file; all are of one date, so that two of the same name and size look the same from outside. */
export async function file(folder: string, name: string, content: Buffer | string): Promise<Sample> {
  const path = join(folder, name)
  const bytes = Buffer.from(content)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
  await utimes(path, WRITTEN, WRITTEN)
  return { path, name: basename(name), size: bytes.length, sha256: sha256(bytes) }
}

export function randomFile(folder: string, name: string, size: number): Promise<Sample> {
  return file(folder, name, randomBytes(size))
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
