/** How a database begins, ends and undoes; each call takes effect before it returns. */
export interface Transactions {
  begin(): void
  commit(): void
  /** Undoes all since `begin`; no error when the database has done so by itself */
  rollback(): void
  /** false after an error so bad that the database undid the transaction by itself */
  active(): boolean
  savepoint(): void
  releaseSavepoint(): void
  /** false when that is impossible and all must be undone */
  rollbackToSavepoint(): boolean
}

interface Job {
  run(): Promise<unknown>
  resolve(value: unknown): void
  reject(reason: unknown): void
}

interface Done {
  job: Job
  value: unknown
}

/** Jobs that share a transaction at most: nobody waits for endless others. */
const GROUP = 1000

/**
 * One transaction at a time, shared by all writes that were asked for in one turn of the event loop: a flush of the disk
 * costs far more than a statement. A job that throws is undone alone. Nobody is told of success before the commit.
 * A job must not wait for another write: that one would wait for it.
 */
export class GroupCommit {
  readonly #transactions: Transactions
  #queue: Job[] = []
  #running: Promise<void> | null = null

  constructor(transactions: Transactions) {
    this.#transactions = transactions
  }

  write<T>(work: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#queue.push({ run: work, resolve: resolve as Job['resolve'], reject })
    this.#running ??= this.#drain()
    return promise
  }

  /** Resolves when no write is under way. */
  async settled(): Promise<void> {
    await this.#running
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await new Promise(setImmediate)
      const jobs = this.#queue.splice(0, GROUP)
      try {
        await this.#group(jobs)
      } catch (error) {
        for (const job of jobs) job.reject(error)
      }
    }
    this.#running = null
  }

  async #group(jobs: readonly Job[]): Promise<void> {
    const transactions = this.#transactions
    let done: Done[] = []
    for (const job of jobs) {
      try {
        if (!transactions.active()) transactions.begin()
        done.push({ job, value: await this.#run(job, jobs.length > 1) })
      } catch (error) {
        job.reject(error)
        // An error that undid the whole transaction takes with it what others had done.
        if (transactions.active()) continue
        for (const lost of done) lost.job.reject(error)
        done = []
      }
    }
    this.#commit(done)
  }

  async #run(job: Job, shared: boolean): Promise<unknown> {
    const transactions = this.#transactions
    if (shared) transactions.savepoint()
    try {
      const value = await job.run()
      if (shared) transactions.releaseSavepoint()
      return value
    } catch (error) {
      if (!shared || !transactions.rollbackToSavepoint()) transactions.rollback()
      throw error
    }
  }

  #commit(done: readonly Done[]): void {
    try {
      if (this.#transactions.active()) this.#transactions.commit()
    } catch (error) {
      for (const { job } of done) job.reject(error)
      this.#transactions.rollback()
      return
    }
    for (const { job, value } of done) job.resolve(value)
  }
}
