import { setImmediate as turn } from 'node:timers/promises'
import type { FileRepository, RecordRepository, StoredFile } from '#records'
import {
  type ByteStore,
  type Chunk,
  type Database,
  type GroupWriter,
  isOpen,
  type Session,
  type SessionWriter,
  type Tx,
} from '#sessions'

/** Objects in memory, one turn of the event loop away. */
export function naiveStore(): ByteStore {
  const objects = new Map<string, Buffer>()
  return {
    open: async (object) => ({
      write: async (pieces, position) => {
        await turn()
        const bytes = Buffer.concat(pieces)
        const before = objects.get(object) ?? Buffer.alloc(0)
        const after = Buffer.alloc(Math.max(before.length, position + bytes.length))
        before.copy(after)
        bytes.copy(after, position)
        objects.set(object, after)
      },
      flush: async () => turn(),
      close: async () => undefined,
    }),
    async *read({ object, position, length }) {
      await turn()
      const bytes = objects.get(object)?.subarray(position, position + length)
      if (bytes?.length !== length) throw new Error(`object ${object} ends early`)
      yield Buffer.from(bytes)
    },
    remove: async (names) => {
      for (const name of names) objects.delete(name)
    },
    apart: async function* () {
      for (const object of objects.keys()) if (object.includes('.')) yield object
    },
    probe: async () => undefined,
  }
}

/**
 * Sessions, chunks and files in memory, written by one transaction after another, acknowledged together: what the core
 * needs of a database to race with itself ten thousand times in seconds. No records, no groups.
 */
export function naiveDatabase(): Database {
  const sessions = new Map<string, Session>()
  const chunks = new Map<string, Map<number, Chunk>>()
  const files = new Map<string, StoredFile>()
  const undo: (() => void)[] = []
  const set = <K, V>(map: Map<K, V>, key: K, value: V | undefined): void => {
    const before = map.get(key)
    undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)))
    if (value === undefined) map.delete(key)
    else map.set(key, value)
  }
  const writer: SessionWriter = {
    get: async (id) => sessions.get(id) ?? null,
    list: async () => ({ items: [], nextCursor: null }),
    chunks: async (id) => [...(chunks.get(id)?.values() ?? [])].sort((a, b) => a.number - b.number),
    chunk: async (id, number) => chunks.get(id)?.get(number) ?? null,
    chunkNumbers: async (id, from) => [...(chunks.get(id)?.keys() ?? [])].filter((number) => number >= from),
    members: async () => [],
    member: async () => null,
    parts: async () => [],
    finalsOf: async () => [],
    insertParts: async () => undefined,
    removeParts: async () => undefined,
    expired: async (now) => [...sessions.values()].filter((one) => isOpen(one) && one.expiresAt <= now),
    processing: async () => [...sessions.values()].filter(({ status }) => status === 'PROCESSING'),
    counts: async () => [],
    insert: async (session) => set(sessions, session.id, session),
    update: async (id, { status, offset }, change) => {
      const now = sessions.get(id)
      if (now === undefined || status?.includes(now.status) === false) return null
      if (offset !== undefined && offset !== now.offset) return null
      const next = { ...now, ...change }
      set(sessions, id, next)
      return next
    },
    putChunk: async (id, chunk) => set(chunks, id, new Map(chunks.get(id)).set(chunk.number, chunk)),
    removeChunks: async (id) => set(chunks, id, undefined),
  }
  const ended = (id: string): boolean => ['FAILED', 'CANCELED'].includes(sessions.get(id)?.status ?? '')
  const fileWriter: FileRepository = {
    get: async (id) => files.get(id) ?? null,
    insert: async (file) => set(files, file.id, file),
    hold: async () => undefined,
    release: async (holder, objects) => (ended(holder) ? [...objects] : []),
    isHeld: async () => false,
    discard: async () => undefined,
    garbage: async () => [],
    forgetGarbage: async () => undefined,
  }
  const tx: Tx = {
    sessions: writer,
    files: fileWriter,
    records: {} as RecordRepository,
    groups: {} as GroupWriter,
  }
  let tail: Promise<unknown> = Promise.resolve()
  return {
    ...tx,
    write: (work) => {
      const done = tail.then(async () => {
        undo.length = 0
        try {
          return await work(tx)
        } catch (error) {
          for (const step of undo.reverse()) step()
          throw error
        }
      })
      tail = done.catch(() => undefined)
      // Durable, and told, a little later: what comes after may have begun by then.
      return done.finally(() => turn())
    },
  }
}
