import { type Answer, type Exchange, json } from '#http'
import type { Session } from '#sessions'
import type { Batch } from './batch.ts'
import { uploadedSize } from './headers.ts'
import type { Services } from './services.ts'

/** Contract, section 1: "`Content-Type: application/json; charset=UTF-8`". */
export const answerJSON = (status: number, value: unknown): Answer =>
  json(status, value, { 'content-type': 'application/json; charset=UTF-8' })

/** Body A (contract, section 1): everything is a string, and there is no further member. */
export const uploaded = (exchange: Exchange, { batchId }: Batch, fileIdx: string, uploadType: string) => ({
  uploaded: 'true',
  batchId,
  fileIdx,
  uploadType,
  uploadedSize: uploadedSize(exchange),
})

/** The file info of a batch, and whether the file is complete; `size` of a chunked file is what was declared. */
export async function fileInfo(services: Services, batch: Batch, session: Session) {
  const { fileName: name, size, received } = session
  if (session.firstChunk === null)
    return { complete: true, info: { name, size: size ?? received, uploadType: 'normal' } }
  const declared = session.attributes.declaredSize
  const { complete, chunks } = await progress(services, batch, session)
  const declaredSize = typeof declared === 'number' ? declared : (size ?? received)
  return { complete, info: { name, size: declaredSize, uploadType: 'chunked', ...chunks } }
}

/**
 * The stored chunks of a file, and whether it is complete, both of one moment. Contract, section 1: "202 incomplete /
 * 201 complete", so no 202 lists every chunk.
 */
export async function progress(services: Services, batch: Batch, session: Session) {
  const { sessions } = services
  const settled = await sessions.settled(session)
  const chunks = await chunksOf(services, batch, settled)
  const isComplete = ({ status }: Session): boolean => status === 'COMPLETED'
  if (isComplete(settled) || chunks.uploadedChunkIds.length !== settled.totalChunks)
    return { complete: isComplete(settled), chunks }
  // The last chunk came after the session was read.
  const now = await sessions.settled(await sessions.read(batch.actor, session.id))
  return { complete: isComplete(now), chunks }
}

/** Numbers of the stored chunks, and how many there will be. Only those behind a gap are looked up. */
async function chunksOf({ sessions }: Services, { actor }: Batch, session: Session) {
  const uploadedChunkIds = Array.from({ length: session.nextChunk }, (_, number) => number)
  if (session.chunkCount > session.nextChunk)
    uploadedChunkIds.push(...(await sessions.chunkNumbers(actor, session.id, session.nextChunk)))
  return { uploadedChunkIds, chunkCount: session.totalChunks ?? session.chunkCount }
}
