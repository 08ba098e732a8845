import type { Session, Status } from '../api/types.ts'

export interface Filter {
  q?: string | undefined
  status?: Status | undefined
}

/** The server's list, each session in its newest state, and those that began since. */
export function merge(listed: Session[], live: ReadonlyMap<string, Session>, filter: Filter): Session[] {
  const known = new Set(listed.map(({ id }) => id))
  const newest = listed[0]?.createdAt ?? ''
  const fresh = [...live.values()].filter(({ id, createdAt }) => !known.has(id) && createdAt >= newest)
  return [...fresh, ...listed.map((session) => newerOf(session, live.get(session.id)))]
    .filter((session) => matches(session, filter))
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
}

function newerOf(listed: Session, live: Session | undefined): Session {
  return live && Date.parse(live.updatedAt) >= Date.parse(listed.updatedAt) ? live : listed
}

function matches(session: Session, { q, status }: Filter): boolean {
  if (status && session.status !== status) return false
  return !q || session.fileName.toLowerCase().includes(q.toLowerCase()) || session.id === q
}
