import { createHash } from 'node:crypto'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { Refusal } from '#errors'

/** Wrong passwords one user name may be tried with from one address … */
const WRONG = 10
/** … in so many seconds, counted from the first. */
const WINDOW = 60

interface Source {
  readonly userName: string
  readonly address: string
}

/** Counts wrong passwords, and nothing else. */
export class Throttle {
  readonly #limiter = new RateLimiterMemory({ points: WRONG, duration: WINDOW })

  /** @throws Refusal THROTTLED while there were too many, also for the right password */
  async assertOpen(source: Source): Promise<void> {
    const state = await this.#limiter.get(keyOf(source))
    if (state !== null && state.msBeforeNext > 0 && state.consumedPoints >= WRONG)
      throw throttled(state.msBeforeNext)
  }

  /**
   * Counts an attempt before its outcome is known, so that many at once cannot slip through.
   * @throws Refusal THROTTLED
   */
  async count(source: Source): Promise<void> {
    const key = keyOf(source)
    const state = await this.#limiter.penalty(key)
    if (state.consumedPoints <= WRONG) return
    await this.#limiter.reward(key)
    throw throttled(state.msBeforeNext)
  }

  /** The attempt was right: it does not count. */
  async forgive(source: Source): Promise<void> {
    await this.#limiter.reward(keyOf(source))
  }
}

/** Of one length, however long a name somebody sends. */
const keyOf = ({ userName, address }: Source): string =>
  createHash('sha256')
    .update(JSON.stringify([userName, address]))
    .digest('base64')

function throttled(ms: number): Refusal {
  const retryAfter = Math.max(1, Math.ceil(ms / 1000))
  const why = `too many wrong passwords for this user name, try again in ${retryAfter} s`
  return new Refusal('THROTTLED', why, { retryAfter })
}
