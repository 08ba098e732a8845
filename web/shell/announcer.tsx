import { useSyncExternalStore } from 'react'

let text = ''
const listeners = new Set<() => void>()

/** Tells people who cannot see the page what has just happened. */
export function announce(message: string): void {
  text = message === text ? `${message}\u00a0` : message
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function Announcer() {
  const message = useSyncExternalStore(subscribe, () => text)
  return (
    <div className="hush" role="status" aria-live="polite">
      {message}
    </div>
  )
}
