import { type Answer, bodyOf } from '#http'
import type { Session } from '#sessions'
import { type Batch, fileAt, findBatch, lifeOf } from './batch.ts'
import { answerJSON, progress, uploaded } from './batch-view.ts'
import { badChunk, NuxeoError } from './errors.ts'
import {
  type ChunkHeaders,
  chunkHeaders,
  fileName,
  fileType,
  isChunked,
  refuseForm,
  sizeWarning,
} from './headers.ts'
import type { Call } from './services.ts'
import { receiveWhole } from './whole.ts'

/** A file on its way to an index of a batch. */
interface Upload {
  readonly batch: Batch
  /** as in the URL */
  readonly fileIdx: string
  readonly index: number
}

const INT = 2 ** 31

/**
 * `POST /upload/{batchId}/{fileIdx}`. Contract, section 3: "Evaluation order: (a) batch exists? (b) `fileIdx` digits?
 * (c) chunk headers (d) multipart (e) store."
 */
export async function upload(call: Call, batchId: string, fileIdx: string): Promise<Answer> {
  const { exchange, strict } = call
  const batch = await findBatch(call, batchId)
  if (!/^\d+$/.test(fileIdx)) return notNumber()
  const index = Number(fileIdx)
  if (index >= (strict ? Number.MAX_SAFE_INTEGER : INT))
    throw new NuxeoError(400, `fileIdx must be below ${INT}`)
  const chunk = isChunked(exchange) ? chunkHeaders(exchange) : null
  refuseForm(exchange)
  const target = { batch, fileIdx, index }
  return chunk === null ? uploadWhole(call, target) : uploadChunk(call, target, chunk)
}

const notNumber = (): Answer => ({
  status: 400,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'fileIdx request path parameter must be a number',
})

/** The file takes the place of the one that was there, when it is whole and not before. */
async function uploadWhole(call: Call, { batch, fileIdx, index }: Upload): Promise<Answer> {
  const { exchange, services } = call
  const { sessions, config } = services
  const { group, actor } = batch
  const body = bodyOf(exchange.req)
  const { id } = await sessions.groups.join(actor, group.id, null, {
    protocol: 'nuxeo',
    fileName: fileName(exchange),
    contentType: fileType(exchange),
    size: body.length,
    warning: sizeWarning(exchange, body.length),
    wanted: ['md5'],
    life: lifeOf(config),
  })
  await receiveWhole(services, actor, id, body, (session) => sessions.groups.seat(actor, session, index))
  return answerJSON(201, uploaded(exchange, batch, fileIdx, 'normal'))
}

async function uploadChunk(call: Call, target: Upload, said: ChunkHeaders): Promise<Answer> {
  const { exchange, services } = call
  const { batch, fileIdx } = target
  const session = await chunkedSession(call, target, said)
  const stored = await services.sessions.putChunk(batch.actor, session.id, {
    number: said.index,
    body: bodyOf(exchange.req),
    total: 'announced',
    first: firstSays(call, said),
    onConflict: 'keep',
    repeatable: true,
  })
  if (call.strict && stored.repeated) throw badChunk(true, 'this chunk exists already')
  const { complete, chunks } = await progress(services, batch, stored.session)
  const answer = { ...uploaded(exchange, batch, fileIdx, 'chunked'), ...chunks }
  return answerJSON(complete ? 201 : 202, answer)
}

/** The session the chunk belongs to, begun when it is the first. */
async function chunkedSession(call: Call, target: Upload, said: ChunkHeaders): Promise<Session> {
  const { services, strict } = call
  const { batch, fileIdx, index } = target
  const there = await fileAt(services, batch, fileIdx)
  // Contract, section 3: "Index is checked against the first count."
  const count = there?.totalChunks ?? said.count
  if (there?.firstChunk === null) throw badChunk(strict, `file ${fileIdx} was not uploaded in chunks`)
  if (said.count < 1 && !(strict && there !== null))
    throw badChunk(strict, `X-Upload-Chunk-Count must be 1 or more, not ${said.count}`)
  if (said.index < 0 || said.index >= count)
    throw badChunk(strict, `X-Upload-Chunk-Index must be from 0 to ${count - 1}, not ${said.index}`)
  if (strict && there !== null) await refuseRepeated(call, batch, there, said.index)
  const session =
    there ??
    (await services.sessions.groups.join(batch.actor, batch.group.id, index, {
      protocol: 'nuxeo',
      ...firstSays(call, said),
      firstChunk: 0,
      wanted: ['md5'],
      life: lifeOf(services.config),
    }))
  if (session.firstChunk === null) throw badChunk(strict, `file ${fileIdx} was not uploaded in chunks`)
  return session
}

/** Contract, section 3: "later chunk with another chunkCount / name / type / size: the first chunk's values win". */
const firstSays = ({ exchange }: Call, { count, size }: ChunkHeaders) => ({
  fileName: fileName(exchange),
  contentType: fileType(exchange),
  size: size < 0 ? null : size,
  totalChunks: count,
  attributes: { declaredSize: size },
})

async function refuseRepeated({ services }: Call, { actor }: Batch, session: Session, number: number) {
  const [stored] = await services.sessions.chunkNumbers(actor, session.id, number)
  if (stored === number) throw badChunk(true, 'this chunk exists already')
}
