const HALF_LIFE = 3
const WINDOW = 8

/** Speed and time left from a running total, smoothed; silence counts as slowness. */
export class Rate {
  #bytesPerSecond: number | null = null
  #total: number | null = null
  #at = 0

  /** A total lower than the last one begins a new measurement. */
  sample(total: number, now: number): void {
    if (this.#total === null || total < this.#total) {
      this.#restart(total, now)
      return
    }
    const seconds = (now - this.#at) / 1000
    if (seconds < 0.2 || total === this.#total) return
    const current = (total - this.#total) / seconds
    const weight = 1 - 0.5 ** (seconds / HALF_LIFE)
    this.#bytesPerSecond =
      this.#bytesPerSecond === null
        ? current
        : this.#bytesPerSecond + (current - this.#bytesPerSecond) * weight
    this.#total = total
    this.#at = now
  }

  /** After a pause, what went before says nothing about what comes. */
  reset(): void {
    this.#total = null
    this.#bytesPerSecond = null
  }

  speed(now: number): number | null {
    if (this.#bytesPerSecond === null || this.#total === null) return null
    const silent = (now - this.#at) / 1000
    return silent > WINDOW
      ? this.#bytesPerSecond * 0.5 ** ((silent - WINDOW) / HALF_LIFE)
      : this.#bytesPerSecond
  }

  secondsLeft(size: number, now: number): number | null {
    const speed = this.speed(now)
    if (speed === null || speed < 1 || this.#total === null) return null
    return Math.max(0, size - this.#total) / speed
  }

  #restart(total: number, now: number): void {
    this.#bytesPerSecond = null
    this.#total = total
    this.#at = now
  }
}
