import type { FileRepository, RecordRepository } from '#records'
import type { Group } from './group.ts'
import type { Chunk, Protocol, Segment, Session, Status } from './session.ts'

/**
 * Where bytes lie. Objects are named by the core; a name is never taken from a client.
 * The core locks, limits and hashes before it writes: a store trusts its input.
 */
export interface ByteStore {
  /** Opens an object for writing from `position` on; creates it when absent, never truncates it. */
  open(object: string): Promise<ObjectWriter>
  /** Bytes of one segment in order. Fails when the object is shorter than the segment. */
  read(segment: Segment, signal?: AbortSignal): AsyncIterable<Buffer>
  /** Removes objects; one that is absent is no error. */
  remove(objects: readonly string[]): Promise<void>
  /** Objects named after a session, a dot and more, that were last written before `before`, milliseconds. */
  apart(before: number): AsyncIterable<string>
  /** Resolves when the store can read and write, rejects with the reason when not. */
  probe(): Promise<void>
}

export interface ObjectWriter {
  /** Writes all pieces one after another at `position`. Refuses with NO_SPACE when the store is full. */
  write(pieces: readonly Buffer[], position: number): Promise<void>
  /** Resolves once all that was written survives a power loss, the object's name included. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** What one commit may touch. Everything done through one `Tx` becomes visible, and durable, together. */
export interface Tx {
  readonly sessions: SessionWriter
  readonly groups: GroupWriter
  readonly records: RecordRepository
  readonly files: FileRepository
}

export interface Database {
  /** Runs `work` in a transaction; resolves after the commit is durable. A throw rolls back. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  readonly sessions: SessionRepository
  readonly groups: GroupRepository
  readonly records: RecordRepository
  readonly files: FileRepository
}

export interface SessionQuery {
  tenant: string
  /** only this user's; every user's of the tenant when absent */
  owner?: string
  protocol?: Protocol
  status?: readonly Status[]
  group?: string
  /** case-insensitive part of the file name */
  text?: string
  /** changed at or after, milliseconds */
  changedSince?: number
  order: 'newest' | 'oldest' | 'changed'
  limit: number
  cursor?: string
}

export interface Page<T> {
  items: T[]
  nextCursor: string | null
}

export interface SessionRepository {
  get(id: string): Promise<Session | null>
  list(query: SessionQuery): Promise<Page<Session>>
  /** ascending by number */
  chunks(id: string): Promise<Chunk[]>
  chunk(id: string, number: number): Promise<Chunk | null>
  /** numbers of stored chunks, ascending, `from` and above */
  chunkNumbers(id: string, from: number): Promise<number[]>
  /** the sessions that have a place in a group and are neither FAILED nor CANCELED, ascending by place */
  members(group: string): Promise<Session[]>
  /** the one at that place */
  member(group: string, index: number): Promise<Session | null>
  /** ids of the uploads a pending one waits for, in the order of its file; one may be named several times */
  parts(final: string): Promise<string[]>
  /** pending uploads that wait for this one */
  finalsOf(part: string): Promise<Session[]>
  /** unfinished sessions past their life, oldest first */
  expired(now: number, limit: number): Promise<Session[]>
  /** sessions left in PROCESSING */
  processing(): Promise<Session[]>
  /** counts by protocol and status */
  counts(): Promise<{ protocol: Protocol; status: Status; count: number }[]>
}

/** The state a session must be in for a change to happen; compared in the same statement that changes it. */
export interface Expected {
  status?: readonly Status[]
  offset?: number
}

export type Change = Partial<
  Omit<Session, 'id' | 'tenant' | 'owner' | 'ownerName' | 'protocol' | 'createdAt' | 'firstChunk' | 'partial'>
>

export interface SessionWriter extends SessionRepository {
  insert(session: Session): Promise<void>
  /** Changes the row when it is as expected and returns it as it is now; null when somebody else was first. */
  update(id: string, expected: Expected, change: Change): Promise<Session | null>
  putChunk(id: string, chunk: Chunk): Promise<void>
  removeChunks(id: string): Promise<void>
  insertParts(final: string, parts: readonly string[]): Promise<void>
  removeParts(final: string): Promise<void>
}

export interface GroupRepository {
  get(id: string): Promise<Group | null>
  /** groups past their life, oldest first */
  expired(now: number, limit: number): Promise<Group[]>
}

export interface GroupWriter extends GroupRepository {
  insert(group: Group): Promise<void>
  /** Renews a living group with a ttl, and the unfinished sessions in it that have one; no error when there is none. */
  renew(id: string, now: number): Promise<void>
  /** Ends its life now. */
  end(id: string): Promise<void>
  remove(id: string): Promise<void>
}

/** One writer a key. */
export interface Locker {
  /**
   * Waits up to `wait` ms. While it waits, the holder's `yields` is asked again and again; a holder that answers true
   * stops, commits what it has and releases. Refuses with LOCKED.
   */
  acquire(key: string, options: { wait: number; yields?: () => boolean }): Promise<Lease>
  /** At once or not at all. */
  tryAcquire(key: string): Lease | null
  /** Asks the holder, if any, to yield, and waits up to `wait` ms for it when it does. */
  nudge(key: string, wait: number): Promise<void>
}

export interface Lease {
  release(): void
}

export interface Clock {
  /** milliseconds since 1970 */
  now(): number
}

export interface Events {
  /** `progress` may be thinned out, `changed` never is. */
  publish(kind: 'changed' | 'progress', session: Session): void
  subscribe(listener: (session: Session) => void): () => void
}

/** Says what a file is by its first bytes: a media type, or undefined when it cannot tell. */
export type Inspect = (head: Buffer) => Promise<string | undefined>

/**
 * The bytes of one request body or one multipart part, as they arrive. The iterator throws when the transport breaks
 * before the body is whole.
 */
export interface Body extends AsyncIterable<Buffer> {
  /** bytes announced; null when unknown */
  readonly length: number | null
  /** Stops the transport for good: no byte comes after this, the iterator throws. */
  stop(reason: Error): void
}
