import type { FileRepository, RecordRepository } from './ports.ts'

export interface Repositories {
  readonly records: RecordRepository
  readonly files: FileRepository
}

/** What every use case of this room works with. */
export interface Core {
  readonly db: Repositories & {
    /** Runs `work` in a transaction; resolves after the commit is durable. A throw rolls back. */
    write<T>(work: (tx: Repositories) => Promise<T>): Promise<T>
  }
  readonly clock: {
    /** milliseconds since 1970 */
    now(): number
  }
  /** Removes objects from the byte store that a commit made garbage; what it cannot remove is found again later. */
  readonly discard: (objects: readonly string[]) => Promise<void>
}
