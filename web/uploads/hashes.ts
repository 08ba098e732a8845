import type { HashOrder, HashReport } from './hash.worker.ts'
import { fileUnreadable, Refusal } from './refusal.ts'

const AT_ONCE = 2

export interface HashJob {
  whole: Promise<string>
  checkpoint: Promise<string>
  checkpointAt: number | undefined
  hashed: number
  onProgress: (hashed: number) => void
  stop: () => void
}

/** Files are hashed in workers, each file once, two files at a time. */
export class Hashes {
  #jobs = new WeakMap<Blob, HashJob>()
  #waiting: (() => void)[] = []
  #running = 0

  /** The digest of the whole file; begun once, however often it is asked for. */
  whole(blob: Blob, onProgress: (hashed: number) => void): Promise<string> {
    const job = this.#jobs.get(blob) ?? this.#begin({ blob })
    this.#jobs.set(blob, job)
    job.onProgress = onProgress
    return job.whole
  }

  /** The digest of the first `length` bytes; the whole file's comes along with it. */
  prefix(blob: Blob, length: number, onProgress: (hashed: number) => void): Promise<string> {
    const known = this.#jobs.get(blob)
    if (known?.checkpointAt === length) return known.checkpoint
    if (known) return this.#begin({ blob: blob.slice(0, length) }, onProgress).whole
    const job = this.#begin({ blob, checkpoint: length }, onProgress)
    this.#jobs.set(blob, job)
    return job.checkpoint
  }

  stop(blob: Blob): void {
    this.#jobs.get(blob)?.stop()
  }

  #begin(order: HashOrder, onProgress: (hashed: number) => void = () => {}): HashJob {
    const whole = Promise.withResolvers<string>()
    const checkpoint = Promise.withResolvers<string>()
    const fail = (error: Error) => {
      this.#jobs.delete(order.blob)
      whole.reject(error)
      checkpoint.reject(error)
    }
    const job: HashJob = {
      whole: whole.promise,
      checkpoint: checkpoint.promise,
      checkpointAt: order.checkpoint,
      hashed: 0,
      onProgress,
      stop: () => fail(new DOMException('not needed any more', 'AbortError')),
    }
    whole.promise.catch(() => undefined)
    checkpoint.promise.catch(() => undefined)
    this.#enqueue(() => this.#run(order, job, whole.resolve, checkpoint.resolve, fail))
    return job
  }

  #run(
    order: HashOrder,
    job: HashJob,
    done: (sha256: string) => void,
    checkpoint: (sha256: string) => void,
    fail: (error: Error) => void,
  ): void {
    const worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' })
    const end = () => {
      worker.terminate()
      this.#running -= 1
      this.#waiting.shift()?.()
    }
    job.stop = () => {
      end()
      fail(new DOMException('not needed any more', 'AbortError'))
    }
    worker.onerror = () => {
      end()
      fail(cannotHash())
    }
    worker.onmessage = ({ data }: MessageEvent<HashReport>) => {
      if (data.kind === 'checkpoint') return checkpoint(data.sha256)
      if (data.kind === 'progress') {
        job.hashed = data.hashed
        return job.onProgress(data.hashed)
      }
      end()
      if (data.kind === 'done') return done(data.sha256)
      return fail(data.unreadable ? fileUnreadable() : cannotHash())
    }
    worker.postMessage(order)
  }

  #enqueue(start: () => void): void {
    const begin = () => {
      this.#running += 1
      start()
    }
    if (this.#running < AT_ONCE) begin()
    else this.#waiting.push(begin)
  }
}

const cannotHash = () =>
  new Refusal({
    reason: 'This browser could not compute the SHA-256 of the file',
    advice: 'Update the browser or try another one; the file itself is untouched.',
  })
