import { query, request } from './request.ts'
import type { Entry, Prefix, Session, Target } from './types.ts'

interface Filter {
  status?: string | undefined
  q?: string | undefined
  limit?: number | undefined
  cursor?: string | undefined
}

export interface SessionPage {
  sessions: Session[]
  nextCursor: string | null
}

/** The server gives null for an upload that came without a name; it files such a one under its id. */
type Answered = Omit<Session, 'fileName'> & { fileName: string | null }

export const named = (session: Answered): Session => ({
  ...session,
  fileName: session.fileName ?? session.id,
})

export const sessions = (filter: Filter): Promise<SessionPage> =>
  request<{ sessions: Answered[]; nextCursor: string | null }>(`/sessions${query({ ...filter })}`).then(
    (page) => ({ ...page, sessions: page.sessions.map(named) }),
  )

export const session = (id: string, signal?: AbortSignal) =>
  request<Answered>(`/sessions/${id}`, { signal: signal ?? null }).then(named)

export const cancelSession = (id: string) => request<void>(`/sessions/${id}`, { method: 'DELETE' })

export const prefix = (id: string, signal: AbortSignal) =>
  request<Prefix>(`/sessions/${id}/prefix`, { signal })

export const declareDigest = (id: string, sha256: string, signal: AbortSignal) =>
  request<void>(`/sessions/${id}/sha256`, { method: 'PUT', body: { sha256 }, signal })

export const receipt = (id: string) => request<Record<string, unknown>>(`/sessions/${id}/receipt`)

export const copySession = (id: string, { location, table, record }: Target) =>
  request<{ entry: Entry }>(`/sessions/${id}/copy`, {
    method: 'POST',
    body: { location, table, record },
  })
