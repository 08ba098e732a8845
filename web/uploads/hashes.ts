import type { HashOrder, HashReport } from './hash.worker.ts'
import { fileUnreadable, Refusal } from './refusal.ts'

const AT_ONCE = 2

class HashJob {
  readonly order: HashOrder
  readonly whole = Promise.withResolvers<string>()
  readonly checkpoint = Promise.withResolvers<string>()
  onProgress: (hashed: number) => void = () => {}
  worker: Worker | null = null
  over = false

  constructor(order: HashOrder) {
    this.order = order
    this.whole.promise.catch(() => undefined)
    this.checkpoint.promise.catch(() => undefined)
  }

  fail(error: Error): void {
    this.over = true
    this.whole.reject(error)
    this.checkpoint.reject(error)
  }
}

/** Files are hashed in workers, each file once, two files at a time. */
export class Hashes {
  #jobs = new WeakMap<Blob, HashJob>()
  #waiting: HashJob[] = []
  #idle: Worker[] = []
  #running = 0

  /** The digest of the whole file; begun once, however often it is asked for. */
  whole(blob: Blob, onProgress: (hashed: number) => void): Promise<string> {
    const job = this.#jobs.get(blob) ?? this.#begin({ blob })
    job.onProgress = onProgress
    return job.whole.promise
  }

  /** The digest of the first `length` bytes; the whole file's comes along with it. */
  prefix(blob: Blob, length: number, onProgress: (hashed: number) => void): Promise<string> {
    const known = this.#jobs.get(blob)
    if (known && known.order.checkpoint !== length) return this.whole(blob.slice(0, length), onProgress)
    const job = known ?? this.#begin({ blob, checkpoint: length })
    job.onProgress = onProgress
    return job.checkpoint.promise
  }

  stop(blob: Blob): void {
    const job = this.#jobs.get(blob)
    if (!job || job.over) return
    this.#jobs.delete(blob)
    job.fail(new DOMException('not needed any more', 'AbortError'))
    if (!job.worker) return
    job.worker.terminate()
    this.#next(null)
  }

  #begin(order: HashOrder): HashJob {
    const job = new HashJob(order)
    this.#jobs.set(order.blob, job)
    this.#waiting.push(job)
    if (this.#running < AT_ONCE) this.#run()
    return job
  }

  #run(): void {
    const job = this.#waiting.shift()
    if (!job) return
    if (job.over) {
      this.#run()
      return
    }
    this.#running += 1
    const worker = this.#idle.pop() ?? newWorker()
    job.worker = worker
    worker.onmessage = ({ data }: MessageEvent<HashReport>) => this.#hear(job, worker, data)
    worker.onerror = () => {
      this.#jobs.delete(job.order.blob)
      job.fail(cannotHash())
      this.#next(null)
    }
    worker.postMessage(job.order)
  }

  #hear(job: HashJob, worker: Worker, report: HashReport): void {
    if (report.kind === 'progress') {
      job.onProgress(report.hashed)
      return
    }
    if (report.kind === 'checkpoint') {
      job.checkpoint.resolve(report.sha256)
      return
    }
    job.over = true
    if (report.kind === 'done') job.whole.resolve(report.sha256)
    else {
      this.#jobs.delete(job.order.blob)
      job.fail(report.unreadable ? fileUnreadable() : cannotHash())
    }
    this.#next(worker)
  }

  #next(free: Worker | null): void {
    this.#running -= 1
    if (free) this.#idle.push(free)
    this.#run()
  }
}

const newWorker = () => new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' })

const cannotHash = () =>
  new Refusal({
    reason: 'This browser could not compute the SHA-256 of the file',
    advice: 'Update the browser or try another one; the file itself is untouched.',
  })
