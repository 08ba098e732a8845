import type { Destination, EntryKind } from '#records'

/** What an upload is: the one model that every protocol translates to. */

export type Protocol = 'tus' | 'ietf' | 'idempiere' | 'nuxeo' | 'onlyoffice' | 'kore' | 'slipway'

export type Status = 'INITIATED' | 'UPLOADING' | 'PROCESSING' | 'COMPLETED' | 'FAILED' | 'CANCELED'

/** Where on a record a finished file goes. */
export type Location = 'ARCHIVE' | 'ATTACHMENT' | 'IMAGE'
export const LOCATIONS: readonly Location[] = ['ARCHIVE', 'ATTACHMENT', 'IMAGE']

/** Whole-file digests the core can keep. Values are lower-case hex. */
export type Algorithm = 'sha256' | 'sha512' | 'md5'
export type Digests = Partial<Record<Algorithm, string>>

/** A run of bytes inside one object of the byte store. A file is an ordered list of these and reads as one. */
export interface Segment {
  object: string
  /** first byte inside the object */
  position: number
  /** bytes */
  length: number
}

/** What the finished bytes are filed as; `kind` is the session's location unless it says otherwise. */
export interface Target extends Destination {
  readonly kind?: EntryKind
  /** no remark on bytes that are not what the location is for */
  readonly unremarked?: boolean
}

export interface Session {
  /** uuid, lower case */
  readonly id: string
  readonly tenant: string
  /** uuid of the user who began it */
  readonly owner: string
  readonly ownerName: string
  readonly protocol: Protocol
  fileName: string | null
  contentType: string | null
  /** declared length of the whole file in bytes; null while unknown */
  size: number | null
  /** what the client said its chunks would be, in bytes; advice only */
  chunkSize: number | null
  /** digests the client promised for the whole file */
  declared: Digests
  /** digests computed from the stored bytes, once complete; `sha256` always */
  computed: Digests
  /** further whole-file digests to compute besides SHA-256 */
  readonly wanted: readonly Algorithm[]
  location: Location
  /** where the completing transaction files the bytes; null for nowhere */
  target: Target | null
  /** a batch this session belongs to, and its place in it */
  readonly group: string | null
  readonly groupIndex: number | null
  status: Status
  /** why it FAILED, one plain sentence */
  failure: string | null
  /** something the owner should know though the upload went well */
  warning: string | null
  /** committed, contiguous prefix in bytes: never shrinks while the session takes appends, survives `kill -9` */
  offset: number
  /** bytes safely stored: `offset`, or the sum of the numbered chunks */
  received: number
  /** number of the first chunk when chunks are numbered (0 or 1); null when the upload goes by offset */
  readonly firstChunk: number | null
  /** chunks stored */
  chunkCount: number
  /** number of the chunk the contiguous prefix waits for */
  nextChunk: number
  /** distance in bytes between the places of neighbouring chunks, once known */
  stride: number | null
  /** chunks the client announced in all, where a protocol fixes that */
  totalChunks: number | null
  /** building block of a concatenation: completes, but is never filed on a record */
  readonly partial: boolean
  /**
   * where the finished bytes lie; null means one object named by the id, from 0 to `size`. Not null on an open session:
   * it is put together from others and has no bytes of its own
   */
  segments: readonly Segment[] | null
  /** what only the session's own protocol understands; the core keeps it and looks at none of it */
  attributes: Readonly<Record<string, unknown>>
  /** milliseconds since 1970 */
  readonly createdAt: number
  updatedAt: number
  /** end of its life while unfinished, milliseconds since 1970 */
  expiresAt: number
  /** milliseconds by which activity renews `expiresAt`; 0 when it does not */
  readonly ttl: number
  completedAt: number | null
}

/** A numbered chunk that arrived whole. */
export interface Chunk {
  readonly number: number
  /** bytes */
  readonly size: number
  /** lower-case hex */
  readonly sha256: string
  readonly object: string
  readonly position: number
}

export const isOpen = (session: Session): boolean =>
  session.status === 'INITIATED' || session.status === 'UPLOADING'

/** It waits for the uploads it is put together from, and lives as long as they do. */
export const isPending = (session: Session): boolean => isOpen(session) && session.segments !== null

/** Numbered chunks of which one is missing before another: there is no offset to go on from. */
export const hasGaps = ({ firstChunk, nextChunk, chunkCount }: Session): boolean =>
  firstChunk !== null && nextChunk !== firstChunk + chunkCount

/** True or false when the client promised a digest and the bytes are known; null when it promised none. */
export function verified(session: Session): boolean | null {
  const promised = Object.entries(session.declared) as [Algorithm, string][]
  if (promised.length === 0 || session.computed.sha256 === undefined) return null
  return promised.every(([algorithm, value]) => session.computed[algorithm] === value)
}

/** The bytes of a finished session, in order. */
export function segmentsOf(session: Session): readonly Segment[] {
  return session.segments ?? [{ object: session.id, position: 0, length: session.size ?? session.offset }]
}
