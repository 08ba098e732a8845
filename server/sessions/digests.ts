import { createHash, type Hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ByteStore } from './ports.ts'
import type { Algorithm, Digests, Segment, Session } from './session.ts'

/** Digests of a file's first `at` bytes. */
export class Prefix {
  at: number
  readonly #hashes: Map<Algorithm, Hash>

  constructor(algorithms: Iterable<Algorithm> | Map<Algorithm, Hash>, at = 0) {
    this.at = at
    this.#hashes =
      algorithms instanceof Map
        ? algorithms
        : new Map([...algorithms].map((name) => [name, createHash(name)]))
  }

  update(bytes: Uint8Array): void {
    for (const hash of this.#hashes.values()) hash.update(bytes)
    this.at += bytes.length
  }

  covers(algorithms: Iterable<Algorithm>): boolean {
    return [...algorithms].every((name) => this.#hashes.has(name))
  }

  copy(): Prefix {
    return new Prefix(new Map([...this.#hashes].map(([name, hash]) => [name, hash.copy()])), this.at)
  }

  digest(): Digests {
    return Object.fromEntries([...this.copy().#hashes].map(([name, hash]) => [name, hash.digest('hex')]))
  }
}

/**
 * Whole-file digests, computed while bytes pass. For each session the digest state of a contiguous prefix is kept in
 * memory; bytes that come in order extend it as they are received, what arrived early (or before a restart: a state
 * cannot be saved) is read back from the store once, when the gap before it has closed.
 */
export class PrefixDigests {
  readonly #store: ByteStore
  readonly #kept = new LRUCache<string, Prefix>({ max: 20_000 })
  readonly #trailing = new Map<string, Promise<void>>()

  constructor(store: ByteStore) {
    this.#store = store
  }

  /** A copy to extend with the bytes from `at` on; null when the state kept does not end there. */
  begin(session: Session, at: number): Prefix | null {
    if (this.#trailing.has(session.id)) return null
    if (at === 0) return new Prefix(algorithmsOf(session))
    const kept = this.#kept.get(session.id)
    return kept?.at === at && kept.covers(algorithmsOf(session)) ? kept.copy() : null
  }

  /** Keeps the state of a prefix that is now committed. */
  keep(id: string, prefix: Prefix): void {
    if ((this.#kept.get(id)?.at ?? 0) < prefix.at) this.#kept.set(id, prefix)
  }

  forget(id: string): void {
    this.#kept.delete(id)
  }

  /** Reads back, in the background, what is committed and not hashed yet. `segments` are all bytes from 0 on. */
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

  /** Digests of the bytes in `segments`, which are the whole file or its prefix. */
  async of(session: Session, segments: readonly Segment[]): Promise<Digests> {
    await this.#trailing.get(session.id)
    const prefix = await this.#advance(session, () => Promise.resolve(segments))
    return prefix.digest()
  }

  async #advance(session: Session, segments: () => Promise<readonly Segment[]>): Promise<Prefix> {
    const all = await segments()
    const length = all.reduce((sum, segment) => sum + segment.length, 0)
    const kept = this.#kept.get(session.id)
    // Work on a copy: should the read fail in the middle, the state kept is still that of a prefix.
    const wanted = algorithmsOf(session)
    const usable = kept !== undefined && kept.at <= length && kept.covers(wanted)
    const prefix = usable ? kept.copy() : new Prefix(wanted)
    for (const segment of after(all, prefix.at)) {
      for await (const bytes of this.#store.read(segment)) prefix.update(bytes)
    }
    this.keep(session.id, prefix.copy())
    return prefix
  }
}

const algorithmsOf = (session: Session): Set<Algorithm> =>
  new Set(['sha256', ...session.wanted, ...(Object.keys(session.declared) as Algorithm[])])

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
