import { Refusal } from '#errors'
import type { Lease, Locker } from '#sessions'

/** The holder is asked to give way this often while somebody waits, ms. */
const ASK = 100

interface Waiter {
  admit(): void
}

interface Held {
  /** null for a lease taken without a way to give it up */
  readonly yields: (() => boolean) | null
  readonly waiting: Waiter[]
  /** told when the lease ends */
  readonly watching: Set<() => void>
}

/** One writer a key within this process: first come, first served, without spinning. */
export function createLocker(): Locker {
  const held = new Map<string, Held>()

  function take(key: string, yields: Held['yields'], waiting: Waiter[] = []): Lease {
    const mine: Held = { yields, waiting, watching: new Set() }
    held.set(key, mine)
    return {
      release: () => {
        // A second release must not end somebody else's lease.
        if (held.get(key) !== mine) return
        held.delete(key)
        for (const tell of mine.watching) tell()
        mine.waiting.shift()?.admit()
      },
    }
  }

  function wait(key: string, holder: Held, options: Parameters<Locker['acquire']>[1]): Promise<Lease> {
    const { promise, resolve, reject } = Promise.withResolvers<Lease>()
    const { waiting } = holder
    const end = (): void => {
      clearInterval(asking)
      clearTimeout(patience)
    }
    const waiter: Waiter = {
      admit: () => {
        end()
        resolve(take(key, options.yields ?? null, waiting))
      },
    }
    const asking = setInterval(() => held.get(key)?.yields?.(), ASK)
    const patience = setTimeout(() => {
      end()
      waiting.splice(waiting.indexOf(waiter), 1)
      reject(new Refusal('LOCKED', 'another request is writing to this upload', { retryAfter: 1 }))
    }, options.wait)
    waiting.push(waiter)
    holder.yields?.()
    return promise
  }

  return {
    acquire: (key, options) => {
      const holder = held.get(key)
      if (holder === undefined) return Promise.resolve(take(key, options.yields ?? null))
      return wait(key, holder, options)
    },
    tryAcquire: (key) => (held.has(key) ? null : take(key, null)),
    nudge: async (key, patience) => {
      const holder = held.get(key)
      if (holder?.yields?.() !== true) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patience)
        holder.watching.add(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    },
  } satisfies Locker
}
