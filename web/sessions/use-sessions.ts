import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { sessions as fetchSessions } from '../api/sessions.ts'
import { useKeyed } from '../ui/store.ts'
import { liveSessions } from './live.ts'
import { type Filter, merge } from './merge.ts'

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
