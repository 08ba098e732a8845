import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { sessions as fetchSessions } from '../api/sessions.ts'
import type { Session, Status } from '../api/types.ts'
import { useKeyed } from '../ui/store.ts'
import { liveSessions } from './live.ts'

interface Filter {
  q?: string | undefined
  status?: Status | undefined
}

const LIMIT = 50

/** The sessions of the server's list, each in its newest state, and those that came since. */
export function useSessions({ q, status }: Filter) {
  const query = useInfiniteQuery({
    queryKey: ['sessions', 'list', q ?? '', status ?? ''],
    queryFn: ({ pageParam }) => fetchSessions({ q, status, limit: LIMIT, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })
  const live = useKeyed(liveSessions)
  const listed = useMemo(() => query.data?.pages.flatMap((page) => page.sessions) ?? [], [query.data])
  const sessions = useMemo(() => merge(listed, live, { q, status }), [listed, live, q, status])
  return { query, sessions }
}

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
