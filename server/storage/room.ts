import { statfs } from 'node:fs/promises'
import { Refusal } from '#errors'

/** What stays free for the database, so that a full disk can still note things, and be emptied by whoever deletes … */
const RESERVE = 16 * 1024 * 1024
/** … on a small disk this part of it. */
const SHARE = 1 / 64

/** On a disk with this much room or more … */
const AMPLE = 2 * 1024 * 1024 * 1024
/** … so much may be written before the next look, on any other nothing: programs beside us write too. */
const UNSEEN = 256 * 1024 * 1024

/** Watches the room on the disk below `root`: what is written ends before the disk does. */
export class DiskRoom {
  readonly #root: string
  /** bytes that may be written before the next look */
  #known = 0
  /** bytes of writes under way */
  #writing = 0

  constructor(root: string) {
    this.#root = root
  }

  /**
   * Runs `write`, which takes `length` bytes.
   * @throws Refusal NO_SPACE
   */
  async take<T>(length: number, write: () => Promise<T>): Promise<T> {
    this.#known -= length
    this.#writing += length
    try {
      if (this.#known < 0) await this.#look()
      return await write()
    } finally {
      this.#writing -= length
    }
  }

  /** @throws Refusal NO_SPACE when nothing fits */
  async #look(): Promise<void> {
    const left = (await this.left()) - this.#writing
    if (left < 0) throw full()
    this.#known = left > AMPLE ? UNSEEN : 0
  }

  /** Bytes that may be written, fewer than none when the reserve is used. */
  async left(): Promise<number> {
    const { bavail, blocks, bsize } = await statfs(this.#root)
    // Some network file systems do not tell.
    if (blocks === 0) return Number.POSITIVE_INFINITY
    return bavail * bsize - Math.min(RESERVE, blocks * bsize * SHARE)
  }

  /** @throws Refusal NO_SPACE */
  async assertSome(): Promise<void> {
    if ((await this.left()) <= 0) throw full()
  }
}

export const full = (cause?: unknown): Refusal =>
  new Refusal('NO_SPACE', 'the store is full; the upload can go on once there is room', {}, { cause })
