import { BASE } from './request.ts'
import { named } from './sessions.ts'
import type { Session } from './types.ts'

interface Follower {
  session(session: Session): void
  /** The stream is (again) open; what happened in between may have been missed. */
  opened(): void
}

const REOPEN_AFTER = 3000

/**
 * Session changes as the server sends them. One tab holds the stream and hands it
 * on to the others, so that many tabs do not use up the browser's connections.
 */
export function followSessions(user: string, follower: Follower): () => void {
  const name = `slipway-events-${user}`
  const stop = new AbortController()
  const channel = new BroadcastChannel(name)
  channel.onmessage = (message: MessageEvent<Session>) => follower.session(message.data)
  const relay: Follower = {
    opened: follower.opened,
    session(session) {
      follower.session(session)
      channel.postMessage(session)
    },
  }
  void whenLeading(name, stop.signal, () => openStream(relay, stop.signal))
  stop.signal.addEventListener('abort', () => channel.close())
  return () => stop.abort()
}

/** An EventSource comes back by itself, except after an answer that is not a stream. */
function openStream(follower: Follower, signal: AbortSignal): void {
  if (signal.aborted) return
  const source = new EventSource(`${BASE}/events`)
  source.addEventListener('open', follower.opened)
  source.addEventListener('session', (event) => follower.session(named(JSON.parse(event.data))))
  source.addEventListener('error', () => {
    if (source.readyState !== EventSource.CLOSED) return
    setTimeout(() => openStream(follower, signal), REOPEN_AFTER)
  })
  signal.addEventListener('abort', () => source.close())
}

async function whenLeading(name: string, signal: AbortSignal, begin: () => void): Promise<void> {
  if (!('locks' in navigator)) return begin()
  const untilStopped = new Promise<void>((release) => signal.addEventListener('abort', () => release()))
  await navigator.locks
    .request(name, { signal }, () => {
      begin()
      return untilStopped
    })
    .catch(() => undefined)
}
