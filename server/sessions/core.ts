import type { Code } from '#errors'
import type { FileDigests } from './digests.ts'
import type { ByteStore, Clock, Database, Events, Inspect, Locker } from './ports.ts'
import type { Session } from './session.ts'

export interface Limits {
  /** largest file, bytes */
  readonly maxSize: number
  /** a body that brings no byte for this long is given up, ms */
  readonly stall: number
}

/** One body on its way in. */
interface Receiving {
  stop(reason: Error): void
  /** how long it has waited for a byte, ms; 0 while it is busy with one */
  idleFor(): number
  /** when the last byte came, ms since 1970 */
  heard(): number
}

/** What every use case of this room works with; made once, in `index.ts`. */
export interface Core {
  readonly db: Database
  readonly store: ByteStore
  readonly locker: Locker
  readonly clock: Clock
  readonly events: Events
  readonly inspect: Inspect
  readonly limits: Limits
  readonly digests: FileDigests
  /** completions under way in this process, by session */
  readonly finishing: Map<string, Promise<Session>>
  /** bodies being received in this process, by session */
  readonly receiving: Map<string, Set<Receiving>>
  /** told of what went wrong where no caller is left to tell */
  readonly report: (error: unknown, session: string, code?: Code) => void
}
