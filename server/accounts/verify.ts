import { createHmac, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { User } from './account.ts'
import { verifyPassword } from './password.ts'
import { Throttle } from './throttle.ts'

/** A verified password is remembered so long, ms. */
const REMEMBERED = 10 * 60_000

/** Somebody says to be `userName`. */
export interface Attempt {
  readonly userName: string
  readonly password: string
  /** where it comes from, for the throttle */
  readonly address: string
}

/**
 * Verifies passwords. argon2 is slow on purpose, and HTTP Basic brings the password with every request: one that was
 * right is remembered, in memory, under a keyed hash, together with the stored password it was right for. A change of
 * the password makes the memory worthless, on every node.
 */
export class Verifier {
  readonly #key = randomBytes(32)
  readonly #verified = new LRUCache<string, string>({ max: 10_000, ttl: REMEMBERED })
  readonly #running = new Map<string, Promise<boolean>>()
  readonly #throttle = new Throttle()

  /**
   * @param user null when nobody has that name: takes as long as a wrong password
   * @throws Refusal THROTTLED after too many wrong ones for this name from this address
   */
  verify(user: User | null, attempt: Attempt): Promise<boolean> {
    const stored = user?.password ?? null
    const said = this.#keyedHash(attempt.userName, attempt.password)
    const key = JSON.stringify([said, stored, attempt.address])
    const running = this.#running.get(key)
    if (running !== undefined) return this.#join(running, attempt)
    const checking = this.#check(stored, said, attempt).finally(() => this.#running.delete(key))
    this.#running.set(key, checking)
    return checking
  }

  async #check(stored: string | null, said: string, attempt: Attempt): Promise<boolean> {
    await this.#throttle.assertOpen(attempt)
    if (stored !== null && this.#verified.get(said) === stored) return true
    await this.#throttle.count(attempt)
    if (!(await verifyPassword(stored, attempt.password))) return false
    await this.#throttle.forgive(attempt)
    if (stored !== null) this.#verified.set(said, stored)
    return true
  }

  /** The same attempt, made again while it is being verified: verified once, but every wrong one counts. */
  async #join(running: Promise<boolean>, attempt: Attempt): Promise<boolean> {
    if (await running) return true
    await this.#throttle.count(attempt)
    return false
  }

  #keyedHash(...parts: readonly string[]): string {
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest('base64')
  }
}
