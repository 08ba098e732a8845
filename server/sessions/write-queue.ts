import type { ObjectWriter } from './ports.ts'

/** Pieces are written together once they reach this many bytes … */
const BATCH = 1024 * 1024
/** … or their share of this much memory for all that is being received at once, but no less than that … */
const MEMORY = 24 * 1024 * 1024
const LEAST = 128 * 1024
/** … or this many pieces: the system takes at most 1024 in one call (IOV_MAX). */
const PIECES = 1000

/** Collects pieces into large writes, one of them in flight while the next is collected. */
export class WriteQueue {
  readonly #writer: ObjectWriter
  readonly #onWritten: (position: number, length: number) => Promise<void> | undefined
  readonly #start: number
  readonly #rivals: () => number
  #pieces: Buffer[] = []
  #pending = 0
  /** bytes handed to the writer or in its hands */
  #given = 0
  /** bytes the writer has said it wrote */
  #written = 0
  #tail: Promise<void> = Promise.resolve()

  /**
   * `rivals` counts the bodies being received at this moment. `onWritten` hears of each write in order; a promise it
   * returns is waited for before the next one.
   */
  constructor(
    writer: ObjectWriter,
    start: number,
    rivals: () => number,
    onWritten: (position: number, length: number) => Promise<void> | undefined = () => undefined,
  ) {
    this.#writer = writer
    this.#onWritten = onWritten
    this.#start = start
    this.#rivals = rivals
  }

  /** bytes pushed so far */
  get accepted(): number {
    return this.#given + this.#pending
  }

  /** bytes written so far: never more than really are */
  get written(): number {
    return this.#written
  }

  /** Waits only when a batch is full and the one before is not written yet. */
  push(piece: Buffer): Promise<void> | undefined {
    if (piece.length === 0) return undefined
    this.#pieces.push(piece)
    this.#pending += piece.length
    if (this.#pending < this.#batch() && this.#pieces.length < PIECES) return undefined
    const before = this.#tail
    this.#send()
    return before
  }

  #batch(): number {
    return Math.max(LEAST, Math.min(BATCH, MEMORY / this.#rivals()))
  }

  async drain(): Promise<void> {
    this.#send()
    await this.#tail
  }

  /** Makes all that was pushed until now durable, then calls `then` with its length. */
  checkpoint(then: (length: number) => Promise<void>): Promise<void> {
    this.#send()
    const length = this.#given
    return this.#follow(async () => {
      await this.#writer.flush()
      await then(length)
    })
  }

  #send(): void {
    if (this.#pending === 0) return
    const [pieces, length, position] = [this.#pieces, this.#pending, this.#start + this.#given]
    this.#pieces = []
    this.#pending = 0
    this.#given += length
    void this.#follow(async () => {
      await this.#writer.write(pieces, position)
      this.#written += length
      await this.#onWritten(position, length)
    })
  }

  #follow(step: () => Promise<void>): Promise<void> {
    this.#tail = this.#tail.then(step)
    // The rejection is seen by whoever awaits the tail next; this one only keeps it from counting as unhandled.
    this.#tail.catch(() => undefined)
    return this.#tail
  }
}
