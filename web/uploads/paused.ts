/**
 * Which uploads a user has paused, kept at once: what restores files after a reload is written a moment later, and a
 * reload in that moment must not set a paused upload going.
 */
export class Paused {
  readonly #key: string

  constructor(user: string) {
    this.#key = `slipway-paused-${user}`
  }

  has(id: string): boolean {
    return this.#ids().includes(id)
  }

  set(id: string, paused: boolean): void {
    const others = this.#ids().filter((one) => one !== id)
    const ids = paused ? [...others, id] : others
    if (ids.length === 0) localStorage.removeItem(this.#key)
    else localStorage.setItem(this.#key, JSON.stringify(ids))
  }

  #ids(): string[] {
    return JSON.parse(localStorage.getItem(this.#key) ?? '[]') as string[]
  }
}
