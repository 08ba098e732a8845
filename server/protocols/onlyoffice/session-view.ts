import type { Answer, Exchange } from '#http'
import type { Session } from '#sessions'
import { type Outcome, response } from './answers.ts'
import { fileView, type View } from './file-view.ts'
import { timestamp } from './text.ts'

/** What this room keeps of an upload in its session's attributes. */
export interface Upload {
  /** id of the folder the file goes to */
  readonly folder: number
  /** uid of the record that gets the bytes, made at the end or there already */
  readonly record: string
  readonly encrypted: boolean
}

const uploadOf = ({ attributes }: Session): Upload => ({
  folder: Number(attributes.folder),
  record: String(attributes.record),
  encrypted: attributes.encrypted === true,
})

/** "`id` = 32 lower hex GUID" */
const uidOf = (session: Session): string => session.id.replaceAll('-', '')

/** The session that a uid means; null for what is no uid. */
export function sessionID(uid: string): string | null {
  const hex = uid.replaceAll('-', '').toLowerCase()
  if (!/^[0-9a-f]{32}$/.test(hex)) return null
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The session object; `path` is the breadcrumb at creation, just the folder in chunk replies. */
export function sessionView(
  session: Session,
  origin: string,
  path: readonly number[] = [uploadOf(session).folder],
) {
  return {
    id: uidOf(session),
    path,
    created: timestamp(session.createdAt),
    expired: timestamp(session.expiresAt),
    location: `${origin}/ChunkedUploader.ashx?uid=${uidOf(session)}`,
    bytes_uploaded: session.received,
    bytes_total: session.size ?? 0,
  }
}

/** "[our choice] Superset body": the real envelope, plus `success` and `data`, plus the session at top level */
export function created(exchange: Exchange, session: Session, path: readonly number[]): Answer {
  const data = sessionView(session, exchange.origin, path)
  return response(exchange, { success: true, data }, { more: { success: true, data, ...data } })
}

/** 200 with the session while bytes are missing, 201 with the file once it is filed. */
export async function progress(view: View, session: Session): Promise<Outcome> {
  if (session.status !== 'COMPLETED') return { status: 200, data: sessionView(session, view.origin) }
  return { status: 201, data: await uploaded(view, session) }
}

export async function uploaded(view: View, session: Session) {
  const { services, principal } = view
  const record = await services.records.get(principal, null, uploadOf(session).record)
  const { entries } = await services.records.entries(principal, {
    record: record.uid,
    session: session.id,
    versions: 'all',
  })
  const file = await fileView(view, record, entries[0])
  const { id, folderId, version, title } = file
  return { id, folderId, version, title, provider_key: null, uploaded: true, file }
}
