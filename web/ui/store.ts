import { useSyncExternalStore } from 'react'

const NOTIFY_EVERY = 100

/** Values by key that change often; readers hear of it at most ten times a second. */
export class Keyed<V> {
  #values: ReadonlyMap<string, V> = new Map()
  #listeners = new Set<() => void>()
  #timer: ReturnType<typeof setTimeout> | null = null
  #shown: ReadonlyMap<string, V> = this.#values

  get(key: string): V | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: V): void {
    this.#values = new Map(this.#values).set(key, value)
    this.#schedule()
  }

  delete(key: string): void {
    const rest = new Map(this.#values)
    if (!rest.delete(key)) return
    this.#values = rest
    this.#schedule()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  snapshot = (): ReadonlyMap<string, V> => this.#shown

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#shown = this.#values
      for (const listener of [...this.#listeners]) listener()
    }, NOTIFY_EVERY)
  }
}

export function useKeyed<V>(store: Keyed<V>): ReadonlyMap<string, V> {
  return useSyncExternalStore(store.subscribe, store.snapshot)
}
