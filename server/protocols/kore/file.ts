import { createHash } from 'node:crypto'
import mime from 'mime-types'
import type { Session } from '#sessions'

/** What this room keeps of a file in its session's attributes. */
export interface KoreFile {
  /** lower case, without a dot */
  readonly extension: string
  readonly fileContext: string | null
  /** the media link deletes the file after the first full read */
  readonly del: boolean
  /** sent in one request, so there is no session to talk about */
  readonly single: boolean
}

export const attributesOf = (file: KoreFile): Record<string, unknown> => ({ ...file })

export function koreFile({ attributes }: Session): KoreFile {
  const { extension, fileContext, del, single } = attributes
  return {
    extension: String(extension),
    fileContext: typeof fileContext === 'string' ? fileContext : null,
    del: del === true,
    single: single === true,
  }
}

export const typeOf = (extension: string): string =>
  mime.lookup(`.${extension}`) || 'application/octet-stream'

const digestOf = (session: Session): Buffer => createHash('sha256').update(session.id).digest()

/** 24 lower-case hex digits, seconds first, like the ids of the original; the same for a session always. */
export function fileID(session: Session): string {
  const seconds = Math.floor(session.createdAt / 1000)
    .toString(16)
    .padStart(8, '0')
  return seconds.slice(-8) + digestOf(session).toString('hex', 0, 8)
}

/** Ten digits, the same for a session always. */
export const nonceOf = (session: Session): string =>
  String(1_000_000_000 + (digestOf(session).readUIntBE(8, 6) % 9_000_000_000))

/** The name in the link: a different id than `fileId`. */
export const mediaName = (session: Session): string => `f-${session.id}.${koreFile(session).extension}`

const MEDIA_NAME = /^f-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([^.]+)$/

/** The session and the extension that a media name tells; null when it is none of ours. */
export function parseMediaName(name: string): { session: string; extension: string } | null {
  const [, session, extension] = MEDIA_NAME.exec(name) ?? []
  return session === undefined || extension === undefined ? null : { session, extension }
}
