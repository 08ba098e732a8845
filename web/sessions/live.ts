import { session as fetchSession } from '../api/sessions.ts'
import type { Session } from '../api/types.ts'
import { Keyed } from '../ui/store.ts'

/** The newest word of the server about each session, whoever uploads it. */
export const liveSessions = new Keyed<Session>()

export function learn(session: Session): void {
  const known = liveSessions.get(session.id)
  if (known && Date.parse(known.updatedAt) > Date.parse(session.updatedAt)) return
  liveSessions.set(session.id, session)
}

export async function refresh(id: string): Promise<Session | null> {
  return fetchSession(id).then(
    (session) => {
      learn(session)
      return session
    },
    () => null,
  )
}

export const TERMINAL: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELED'])
