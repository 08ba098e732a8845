import type { Events, Session } from '#sessions'

/** Progress of one session is told at most this often, ms. */
const THIN = 250

/** Events within this process. Progress is thinned out, its latest state is always told; changes are told at once. */
export function createEvents(): Events {
  const listeners = new Set<(session: Session) => void>()
  const pending = new Map<string, { latest: Session | null; timer: NodeJS.Timeout }>()

  const tell = (session: Session): void => {
    for (const listener of listeners) listener(session)
  }
  const pause = (id: string): void => {
    const timer = setTimeout(() => {
      const latest = pending.get(id)?.latest ?? null
      pending.delete(id)
      if (latest === null) return
      tell(latest)
      pause(id)
    }, THIN).unref()
    pending.set(id, { latest: null, timer })
  }
  return {
    publish: (kind, session) => {
      if (listeners.size === 0) return
      const waiting = pending.get(session.id)
      if (kind === 'progress' && waiting !== undefined) {
        waiting.latest = session
        return
      }
      // A change says all that pending progress would have said.
      clearTimeout(waiting?.timer)
      pending.delete(session.id)
      tell(session)
      if (kind === 'progress') pause(session.id)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  } satisfies Events
}
