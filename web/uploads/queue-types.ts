import type { UppyFile } from '@uppy/core'
import type { TusBody } from '@uppy/tus'
import type { Location, Session, Target } from '../api/types.ts'

/** What Uppy carries along with each file; only named fields are sent to the server. */
export interface QueueMeta {
  [key: string]: unknown
  filename: string
  filetype: string
  location?: Location
  table?: string
  record?: string
  recordName?: string
  path?: string
}

export type QueueBody = TusBody
export type QueueFile = UppyFile<QueueMeta, QueueBody>

/** A file that is to be sent, and where it belongs. */
export interface Consignment {
  data: File | Blob
  name: string
  type: string
  path: string | null
  target: Target | null
  /** Continues this upload instead of beginning a new one. */
  uploadUrl?: string
}

export function targetOf({ meta }: Pick<QueueFile, 'meta'>): Target | null {
  const { table, record, location, recordName } = meta
  if (!table || !record || !location) return null
  return { table, record, location, name: recordName ?? record }
}

export function targetOfSession(session: Session | null): Target | null {
  if (!session?.target || !session.location) return null
  return { ...session.target, location: session.location as Location }
}

export function metaOf({ name, type, path, target }: Consignment): QueueMeta {
  return {
    filename: name,
    filetype: type || 'application/octet-stream',
    ...(path === null ? {} : { path }),
    ...(target && {
      table: target.table,
      record: target.record,
      location: target.location,
      recordName: target.name,
    }),
  }
}

const SENT = ['filename', 'filetype', 'location', 'table', 'record']

/** Uppy would send the text "undefined" for a field that is allowed but absent. */
export const sentFields = (meta: QueueMeta) => SENT.filter((field) => meta[field] !== undefined)
