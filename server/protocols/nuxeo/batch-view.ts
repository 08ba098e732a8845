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

/** The file info of a batch; `size` of a chunked file is what was declared. */
export async function fileInfo(services: Services, batch: Batch, session: Session) {
  const { fileName: name, size, received } = session
  if (session.firstChunk === null) return { name, size: size ?? received, uploadType: 'normal' }
  const declared = session.attributes.declaredSize
  const chunks = await chunksOf(services, batch, session)
  return {
    name,
    size: typeof declared === 'number' ? declared : (size ?? received),
    uploadType: 'chunked',
    ...chunks,
  }
}

/** Numbers of the stored chunks, and how many there will be. Only those behind a gap are looked up. */
export async function chunksOf({ sessions }: Services, { actor }: Batch, session: Session) {
  const uploadedChunkIds = Array.from({ length: session.nextChunk }, (_, number) => number)
  if (session.chunkCount > session.nextChunk)
    uploadedChunkIds.push(...(await sessions.chunkNumbers(actor, session.id, session.nextChunk)))
  return { uploadedChunkIds, chunkCount: session.totalChunks ?? session.chunkCount }
}
