import { Worker } from 'node:worker_threads'
import { LRUCache } from 'lru-cache'
import {
  algorithmsOf,
  type Digests,
  type FileDigests,
  type PassingDigests,
  type Prefix,
  type Segment,
  type Session,
} from '#sessions'
import type { Report, Task } from './digest-thread.ts'

/** Files below this many bytes are digested where they arrive: a message to a thread would cost more. */
const LARGE = 4 * 1024 * 1024
/** A thread may be this many bytes behind one writer before the writer waits. */
const TRAIL = 64 * 1024 * 1024
/** Sessions whose digest state is kept. */
const KEPT = 20_000

/**
 * Digests of large files in threads of their own, which read the bytes back from the page cache right behind the
 * writer: on more than one core receiving and digesting go on at once, and what is digested is what the file holds.
 */
export class ThreadDigests implements FileDigests {
  readonly #small: PassingDigests
  readonly #large: number
  readonly #threads: Thread[]
  /** where the state that a thread keeps for a session ends */
  readonly #kept: LRUCache<string, number>
  readonly #trailing = new Map<string, Promise<void>>()
  #token = 0

  /** `small` digests files of less than `large` bytes. */
  constructor(root: string, threads: number, small: PassingDigests, large = LARGE) {
    this.#small = small
    this.#large = large
    this.#threads = Array.from({ length: threads }, () => new Thread(root))
    this.#kept = new LRUCache({
      max: KEPT,
      dispose: (_at, id) => this.#threadOf(id).post({ do: 'forget', id }),
    })
  }

  begin(session: Session, at: number): Prefix | null {
    if (this.#isSmall(session)) return this.#small.begin(session, at)
    if (this.#trailing.has(session.id)) return null
    if (at !== 0 && this.#kept.get(session.id) !== at) return null
    this.#token += 1
    return new ThreadPrefix(this.#threadOf(session.id), session, this.#token, at)
  }

  keep(id: string, prefix: Prefix): void {
    if (!(prefix instanceof ThreadPrefix)) {
      this.#small.keep(id, prefix)
      return
    }
    this.#threadOf(id).post({ do: 'keep', id, token: prefix.token })
    this.#kept.set(id, prefix.at, { noDisposeOnSet: true })
  }

  forget(id: string): void {
    this.#small.forget(id)
    this.#kept.delete(id)
  }

  trail(session: Session, segments: () => Promise<readonly Segment[]>): void {
    if (this.#isSmall(session)) {
      this.#small.trail(session, segments)
      return
    }
    if (this.#trailing.has(session.id)) return
    const running = segments()
      .then((all) => this.#digest(session, all))
      .then(
        () => undefined,
        () => this.forget(session.id),
      )
      .finally(() => this.#trailing.delete(session.id))
    this.#trailing.set(session.id, running)
  }

  async of(session: Session, segments: readonly Segment[]): Promise<Digests> {
    if (this.#isSmall(session)) return this.#small.of(session, segments)
    await this.#trailing.get(session.id)
    return this.#digest(session, segments)
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }

  async #digest(session: Session, segments: readonly Segment[]): Promise<Digests> {
    const length = segments.reduce((sum, segment) => sum + segment.length, 0)
    const digests = await this.#threadOf(session.id).digest(session.id, algorithmsOf(session), segments)
    this.#kept.set(session.id, length, { noDisposeOnSet: true })
    return digests
  }

  /** One whose length is not known yet may become large. */
  #isSmall({ size }: Session): boolean {
    return size !== null && size > 0 && size < this.#large
  }

  /** A session stays with its thread, because that one has its state. */
  #threadOf(id: string): Thread {
    const thread = this.#threads[Number.parseInt(id.slice(0, 8), 16) % this.#threads.length]
    if (thread === undefined) throw new Error('there is no digest thread')
    return thread
  }
}

class ThreadPrefix implements Prefix {
  at: number
  readonly token: number
  readonly #thread: Thread
  readonly #id: string

  constructor(thread: Thread, session: Session, token: number, at: number) {
    this.#thread = thread
    this.#id = session.id
    this.token = token
    this.at = at
    thread.post({ do: 'begin', id: session.id, token, at, algorithms: algorithmsOf(session) })
  }

  update(bytes: Uint8Array): void {
    this.at += bytes.length
  }

  written(segment: Segment): Promise<void> | undefined {
    return this.#thread.extend({ do: 'extend', id: this.#id, token: this.token, segment })
  }
}

interface Call {
  resolve(digests: Digests): void
  reject(error: Error): void
}

class Thread {
  readonly #worker: Worker
  readonly #calls = new Map<number, Call>()
  readonly #behind = new Map<number, { bytes: number; wake: (() => void) | null }>()
  #call = 0
  #failure: Error | null = null

  constructor(root: string) {
    this.#worker = new Worker(new URL('./digest-thread.ts', import.meta.url), {
      workerData: root,
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 },
    })
    this.#worker.unref()
    this.#worker.on('message', (report: Report) => this.#hear(report))
    this.#worker.on('error', (error: Error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('the digest thread has ended')))
  }

  post(task: Task): void {
    if (this.#failure === null) this.#worker.postMessage(task)
  }

  extend(task: Extract<Task, { do: 'extend' }>): Promise<void> | undefined {
    if (this.#failure !== null) throw this.#failure
    const behind = this.#behind.get(task.token) ?? { bytes: 0, wake: null }
    this.#behind.set(task.token, behind)
    behind.bytes += task.segment.length
    this.post(task)
    if (behind.bytes <= TRAIL) return undefined
    return new Promise((resolve) => {
      behind.wake = resolve
    })
  }

  digest(id: string, algorithms: Algorithms, segments: readonly Segment[]): Promise<Digests> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    this.#call += 1
    const call = this.#call
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject })
      this.post({ do: 'digest', id, call, algorithms, segments })
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #hear(report: Report): void {
    if (report.said === 'extended') {
      this.#caughtUp(report.token, report.length)
      return
    }
    const call = this.#calls.get(report.call)
    this.#calls.delete(report.call)
    if (report.said === 'digested') call?.resolve(report.digests)
    else call?.reject(new Error(report.message))
  }

  #caughtUp(token: number, length: number): void {
    const behind = this.#behind.get(token)
    if (behind === undefined) return
    behind.bytes -= length
    if (behind.bytes === 0) this.#behind.delete(token)
    if (behind.bytes > TRAIL / 2) return
    behind.wake?.()
    behind.wake = null
  }

  /** Nobody waits for a thread that is gone: uploads fail with what went wrong, sessions go on after a restart. */
  #fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of this.#calls.values()) reject(this.#failure)
    for (const { wake } of this.#behind.values()) wake?.()
    this.#calls.clear()
    this.#behind.clear()
  }
}

type Algorithms = Extract<Task, { do: 'digest' }>['algorithms']
