import type { Chunk, Session, Status } from '#sessions'
import type { Call } from './caller.ts'
import { imageOf } from './image.ts'
import { isStrict, type Services } from './services.ts'

/** What this room keeps with a session. */
export interface Attributes {
  /** as declared: 0 and less mean "unknown" */
  readonly fileSize?: number
  /** "stored and echoed" */
  readonly chunkSize?: number
  /** strict only: a call after the end of its life made it look FAILED */
  readonly lapsed?: boolean
  /** a call was told that its life is over */
  readonly noticed?: boolean
}

export const attributesOf = (session: Session): Attributes => session.attributes

export const isOver = (session: Session): boolean => session.expiresAt <= Date.now()

/** The status as this protocol shows it. */
export const statusOf = (session: Session): Status =>
  attributesOf(session).lapsed === true ? 'FAILED' : session.status

/** Section 1.3: ten keys in this order; `presignedURL` is the caller's to add. */
export interface StatusObject {
  uploadId: string
  fileName: string
  fileSize: number
  /** "0 when none (never null)" */
  imageId: number
  chunkSize: number
  status: Status
  uploadedChunks: { chunkOrder: number; receivedSize: number }[]
  totalReceivedSize: number
  message: string
}

/** @param lapsedNow this very call noticed the end of its life */
export async function statusObject(
  services: Services,
  { caller }: Pick<Call, 'caller'>,
  session: Session,
  lapsedNow: boolean,
): Promise<StatusObject> {
  const { fileSize = 0, chunkSize = 0 } = attributesOf(session)
  const chunks = showsChunks(session) ? await services.sessions.chunks(caller, session.id) : []
  const uploadedChunks = chunks.map(({ number, size }) => ({ chunkOrder: number, receivedSize: size }))
  return {
    uploadId: session.id,
    fileName: session.fileName ?? '',
    // "declared size; replaced by real total when processing starts"
    fileSize: session.size ?? fileSize,
    imageId: (await imageOf(services, caller, session))?.id ?? 0,
    chunkSize,
    status: statusOf(session),
    uploadedChunks,
    totalReceivedSize: uploadedChunks.reduce((sum, { receivedSize }) => sum + receivedSize, 0),
    message: lapsedNow ? EXPIRED : messageOf(session, chunks, isStrict(services)),
  }
}

/** "After COMPLETED, `uploadedChunks` is `[]` […] Same after cancel." */
const showsChunks = ({ status }: Session): boolean => status !== 'COMPLETED' && status !== 'CANCELED'

const EXPIRED = 'Upload session has expired.'
const FAILED = 'File processing failed or upload expired before completion.'

function messageOf(session: Session, chunks: readonly Chunk[], strict: boolean): string {
  const status = statusOf(session)
  if (status === 'PROCESSING' && isOver(session)) return EXPIRED
  switch (status) {
    case 'INITIATED':
      return 'File upload initiated, awaiting chunks.'
    case 'UPLOADING':
      return `File upload in progress. ${chunks.length} chunks received.`
    case 'PROCESSING':
      return 'File is currently being processed.'
    case 'COMPLETED':
      return 'File upload completed and processed.'
    case 'FAILED':
      // "FAILED says why in `message`, after the original's text"
      return strict || session.failure === null ? FAILED : `${FAILED} ${sentence(session.failure)}`
    case 'CANCELED':
      return `Status for upload ID ${session.id}`
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
