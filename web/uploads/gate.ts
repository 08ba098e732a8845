export type Reach = 'open' | 'offline' | 'server away' | 'signed out'

const PROBE = '/health/live'
const PROBE_DELAYS = [500, 1000, 1500, 2000, 3000, 5000]
const PROBE_LIMIT = 5000

/**
 * Requests of uploads wait here while they would be in vain: no network, no server,
 * nobody signed in. The gate asks the server's health page until it answers, so that
 * everything goes on within seconds of its return.
 */
export class Gate {
  #away = false
  #signedOut = false
  #probing = false
  #nudge: () => void = () => {}
  #listeners = new Set<() => void>()
  readonly #stop = new AbortController()

  constructor() {
    const { signal } = this.#stop
    const changed = () => {
      this.#nudge()
      this.#notify()
    }
    for (const event of ['online', 'offline', 'focus']) window.addEventListener(event, changed, { signal })
  }

  get reach(): Reach {
    if (!navigator.onLine) return 'offline'
    if (this.#away) return 'server away'
    return this.#signedOut ? 'signed out' : 'open'
  }

  suspectServer(): void {
    if (this.#probing || this.#stop.signal.aborted) return
    this.#probing = true
    void this.#probe().finally(() => {
      this.#probing = false
    })
  }

  signedOut(isSignedOut: boolean): void {
    if (this.#signedOut === isSignedOut) return
    this.#signedOut = isSignedOut
    this.#notify()
  }

  /** Resolves when a request has a chance, or never when it was given up meanwhile. */
  pass(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const leave = this.subscribe(() => attempt())
      const attempt = () => {
        if (!signal.aborted && this.reach !== 'open') return
        leave()
        if (!signal.aborted) resolve()
      }
      signal.addEventListener('abort', leave, { once: true })
      attempt()
    })
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#stop.abort()
    this.#nudge()
  }

  async #probe(): Promise<void> {
    for (let attempt = 0; !this.#stop.signal.aborted; attempt += 1) {
      if (await answers()) break
      this.#setAway(true)
      await this.#pause(PROBE_DELAYS[Math.min(attempt, PROBE_DELAYS.length - 1)] as number)
    }
    this.#setAway(false)
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#nudge = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #setAway(away: boolean): void {
    if (this.#away === away) return
    this.#away = away
    this.#notify()
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

async function answers(): Promise<boolean> {
  const options = { cache: 'no-store', signal: AbortSignal.timeout(PROBE_LIMIT) } as const
  return fetch(PROBE, options).then(
    (response) => response.ok,
    () => false,
  )
}
