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

/**
 * A record has one attachment of a name. Files of one drop that are called alike, in different folders,
 * are therefore named by their whole path, so that none takes the place of another.
 */
export function namedApart(batch: Consignment[]): Consignment[] {
  const place = ({ name, target }: Consignment) => `${target?.record ?? ''}/${name.toLowerCase()}`
  const alike = new Map<string, number>()
  for (const one of batch) alike.set(place(one), (alike.get(place(one)) ?? 0) + 1)
  return batch.map((one) => {
    const folders = one.path?.split('/').filter(Boolean).slice(0, -1) ?? []
    if (!one.target || alike.get(place(one)) === 1 || folders.length === 0) return one
    return { ...one, name: [...folders, one.name].join(' - ') }
  })
}

const SENT = ['filename', 'filetype', 'location', 'table', 'record']

/** Uppy would send the text "undefined" for a field that is allowed but absent. */
export const sentFields = (meta: QueueMeta) => SENT.filter((field) => meta[field] !== undefined)
