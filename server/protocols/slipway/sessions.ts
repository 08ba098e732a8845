import type { z } from 'zod'
import type { Principal } from '#accounts'
import { notFound } from '#errors'
import type { Download } from '#http'
import type { API } from './api.ts'
import { viewEntry } from './record-view.ts'
import type { CopyTarget, SessionQuery } from './schemas.ts'
import { viewReceipt, viewSession } from './session-view.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** @throws Refusal NOT_FOUND: what is no id names nothing */
function sessionID(id: string): string {
  if (UUID.test(id)) return id
  throw notFound('upload', id.slice(0, 100))
}

export async function listSessions(api: API, principal: Principal, query: z.output<typeof SessionQuery>) {
  const { items, nextCursor } = await api.sessions.list(principal, {
    order: 'newest',
    limit: query.limit,
    mine: query.mine,
    ...(query.status.length > 0 && { status: query.status }),
    ...(query.q !== undefined && { text: query.q }),
    ...(query.cursor !== undefined && { cursor: query.cursor }),
  })
  return { sessions: await Promise.all(items.map((session) => viewSession(api, session))), nextCursor }
}

export const readSession = async (api: API, principal: Principal, id: string) =>
  viewSession(api, await api.sessions.read(principal, sessionID(id)))

export const cancelSession = (api: API, principal: Principal, id: string) =>
  api.sessions.cancel(principal, sessionID(id))

export const readPrefix = (api: API, principal: Principal, id: string) =>
  api.sessions.prefix(principal, sessionID(id))

export const declareDigest = (api: API, principal: Principal, id: string, sha256: string) =>
  api.sessions.declare(principal, sessionID(id), { declared: { sha256 } })

export async function readReceipt(api: API, principal: Principal, id: string) {
  const { session } = await api.sessions.finished(principal, sessionID(id))
  return viewReceipt(api, session)
}

export async function copySession(
  api: API,
  principal: Principal,
  id: string,
  target: z.output<typeof CopyTarget>,
) {
  const entry = await api.sessions.copy(principal, sessionID(id), target)
  return { entry: await viewEntry(api, principal, entry) }
}

/** The finished file, to be saved. */
export async function openFile(api: API, principal: Principal, id: string): Promise<Download> {
  const { session, file } = await api.sessions.finished(principal, sessionID(id))
  return {
    file,
    name: session.fileName ?? session.id,
    contentType: session.contentType,
    modified: session.completedAt,
    bytes: (from, to) => api.sessions.bytes(file, from, to),
  }
}
