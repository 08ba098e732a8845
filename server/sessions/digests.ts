import { createHash, type Hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ByteStore } from './ports.ts'
import type { Algorithm, Digests, Segment, Session } from './session.ts'

/** Digests of a file's first `at` bytes, being extended by the bytes of one request. */
export interface Prefix {
  readonly at: number
  /** the next bytes, as they arrive */
  update(bytes: Uint8Array): void
  /** the same bytes, once they are written; a promise asks the writer to wait for it */
  written?(segment: Segment): Promise<void> | undefined
}

/**
 * Whole-file digests, computed while bytes pass. For each session the digest state of a contiguous prefix is kept in
 * memory; bytes that come in order extend it, what arrived early (or before a restart: a state cannot be saved) is read
 * back from the store once, when the gap before it has closed.
 */
export interface FileDigests {
  /** A state to extend with the bytes from `at` on; null when the one that is kept does not end there. */
  begin(session: Session, at: number): Prefix | null
  /** Keeps the state of a prefix that is now committed. One that is not kept never was. */
  keep(id: string, prefix: Prefix): void
  forget(id: string): void
  /** Reads back, in the background, what is committed and not digested yet. `segments` are all bytes from 0 on. */
  trail(session: Session, segments: () => Promise<readonly Segment[]>): void
  /** Digests of the bytes in `segments`, which are the whole file or its prefix. */
  of(session: Session, segments: readonly Segment[]): Promise<Digests>
}

/** The digests that a session's bytes need: SHA-256, what its protocol wants, what its client promised. */
export const algorithmsOf = (session: Session): Algorithm[] => [
  ...new Set<Algorithm>(['sha256', ...session.wanted, ...(Object.keys(session.declared) as Algorithm[])]),
]

/** A digest state in this process, and where the bytes lie that it has seen. */
export class DigestState implements Prefix {
  at = 0
  readonly #hashes: Map<Algorithm, Hash>
  readonly #runs: Segment[] = []

  constructor(algorithms: Iterable<Algorithm> | Map<Algorithm, Hash>) {
    this.#hashes =
      algorithms instanceof Map
        ? algorithms
        : new Map([...algorithms].map((name) => [name, createHash(name)]))
  }

  update(bytes: Uint8Array): void {
    for (const hash of this.#hashes.values()) hash.update(bytes)
    this.at += bytes.length
  }

  written(segment: Segment): undefined {
    join(this.#runs, segment)
  }

  covers(algorithms: readonly Algorithm[]): boolean {
    return algorithms.every((name) => this.#hashes.has(name))
  }

  /** False when the file begins with other bytes by now: a chunk was replaced while this state was on its way. */
  begins(segments: readonly Segment[]): boolean {
    const now: Segment[] = []
    for (const run of until(segments, this.at)) join(now, run)
    return (
      now.length === this.#runs.length &&
      now.every(({ object, position, length }, index) => {
        const run = this.#runs[index]
        return run?.object === object && run.position === position && run.length === length
      })
    )
  }

  copy(): DigestState {
    const copy = new DigestState(new Map([...this.#hashes].map(([name, hash]) => [name, hash.copy()])))
    copy.at = this.at
    for (const run of this.#runs) copy.written(run)
    return copy
  }

  digest(): Digests {
    return Object.fromEntries([...this.copy().#hashes].map(([name, hash]) => [name, hash.digest('hex')]))
  }
}

/** Digests on the event loop: bytes as they pass, or read back through the store. Works over every store. */
export class PassingDigests implements FileDigests {
  readonly #store: ByteStore
  readonly #kept = new LRUCache<string, DigestState>({ max: 20_000 })
  readonly #trailing = new Map<string, Promise<void>>()

  constructor(store: ByteStore) {
    this.#store = store
  }

  begin(session: Session, at: number): DigestState | null {
    if (this.#trailing.has(session.id)) return null
    const algorithms = algorithmsOf(session)
    if (at === 0) return new DigestState(algorithms)
    const kept = this.#kept.get(session.id)
    return kept?.at === at && kept.covers(algorithms) ? kept.copy() : null
  }

  keep(id: string, prefix: Prefix): void {
    if (!(prefix instanceof DigestState)) return
    if ((this.#kept.get(id)?.at ?? 0) < prefix.at) this.#kept.set(id, prefix)
  }

  forget(id: string): void {
    this.#kept.delete(id)
  }

  trail(session: Session, segments: () => Promise<readonly Segment[]>): void {
    if (this.#trailing.has(session.id)) return
    const running = this.#advance(session, segments)
      .then(
        () => undefined,
        () => this.forget(session.id),
      )
      .finally(() => this.#trailing.delete(session.id))
    this.#trailing.set(session.id, running)
  }

  async of(session: Session, segments: readonly Segment[]): Promise<Digests> {
    await this.#trailing.get(session.id)
    const state = await this.#advance(session, () => Promise.resolve(segments))
    return state.digest()
  }

  async #advance(session: Session, segments: () => Promise<readonly Segment[]>): Promise<DigestState> {
    const all = await segments()
    const state = usable(this.#kept.get(session.id), algorithmsOf(session), all)
    for (const segment of after(all, state.at)) {
      for await (const bytes of this.#store.read(segment)) state.update(bytes)
      state.written(segment)
    }
    this.keep(session.id, state.copy())
    return state
  }
}

/** A copy of the state that is kept, or a new one. Should a read fail, the one that is kept is still that of a prefix. */
export function usable(
  kept: DigestState | undefined,
  algorithms: readonly Algorithm[],
  segments: readonly Segment[],
): DigestState {
  if (kept?.covers(algorithms) === true && kept.begins(segments)) return kept.copy()
  return new DigestState(algorithms)
}

/** The part of `segments` that begins `skip` bytes into the file. */
export function* after(segments: readonly Segment[], skip: number): Generator<Segment> {
  let left = skip
  for (const segment of segments) {
    if (left >= segment.length) {
      left -= segment.length
      continue
    }
    yield { object: segment.object, position: segment.position + left, length: segment.length - left }
    left = 0
  }
}

/** The part of `segments` that holds the first `length` bytes of the file. */
function* until(segments: readonly Segment[], length: number): Generator<Segment> {
  let left = length
  for (const segment of segments) {
    if (left <= 0) return
    yield { ...segment, length: Math.min(segment.length, left) }
    left -= segment.length
  }
}

/** Adds a run of bytes; one that continues the last becomes part of it. */
function join(runs: Segment[], { object, position, length }: Segment): void {
  const last = runs.at(-1)
  if (length === 0) return
  if (last?.object === object && last.position + last.length === position) last.length += length
  else runs.push({ object, position, length })
}
