import type { Answer } from '#http'
import { createBatch, fileAt, filesOf, findBatch } from './batch.ts'
import { answerJSON, fileInfo } from './batch-view.ts'
import { empty, NuxeoError } from './errors.ts'
import { CompletionBody, readBody } from './schemas.ts'
import type { Call } from './services.ts'

const HANDLER = 'default'
const INT = 2 ** 31

/** `POST /upload` */
export async function begin(call: Call): Promise<Answer> {
  const { batchId } = await createBatch(call)
  return answerJSON(201, { batchId })
}

/** `POST /upload/new/{handler}` */
export async function beginWith(call: Call, handler: string): Promise<Answer> {
  if (handler !== HANDLER) throw new NuxeoError(400, `Batch handler does not exist: ${handler}`)
  const { batchId } = await createBatch(call)
  return answerJSON(200, { provider: HANDLER, fileEntries: [], batchId })
}

/** `GET /upload/handlers` */
export const handlers = (): Answer => answerJSON(200, { handlers: [{ name: HANDLER }] })

/** `GET /upload/handlers/{name}` */
export const handler = (name: string): Answer =>
  name === HANDLER ? answerJSON(200, { name: HANDLER }) : empty(404)

/** `GET /upload/{batchId}` */
export async function list(call: Call, batchId: string): Promise<Answer> {
  const infos = await infosOf(call, batchId)
  return infos.length === 0 ? empty(204) : answerJSON(200, infos)
}

/** `GET /upload/{batchId}/info` */
export async function info(call: Call, batchId: string): Promise<Answer> {
  return answerJSON(200, { provider: HANDLER, fileEntries: await infosOf(call, batchId), batchId })
}

async function infosOf(call: Call, batchId: string) {
  const batch = await findBatch(call, batchId)
  const files = await filesOf(call.services, batch)
  // Contract, section 3: "fileIdx larger than int32: upload works, later GET 500". Only strict mode lets one in.
  if (files.some(({ groupIndex }) => (groupIndex ?? 0) >= INT)) throw new NuxeoError(500, 'fileIdx too large')
  const infos = []
  for (const file of files) infos.push((await fileInfo(call.services, batch, file)).info)
  return infos
}

/** `GET /upload/{batchId}/{fileIdx}` */
export async function file(call: Call, batchId: string, fileIdx: string): Promise<Answer> {
  const batch = await findBatch(call, batchId)
  const found = await fileAt(call.services, batch, fileIdx)
  if (found === null) return empty(404)
  const { complete, info } = await fileInfo(call.services, batch, found)
  return answerJSON(complete ? 200 : 202, info)
}

/** `DELETE /upload/{batchId}` */
export async function drop(call: Call, batchId: string): Promise<Answer> {
  const { group, actor } = await findBatch(call, batchId)
  await call.services.sessions.groups.drop(actor, group.id)
  return empty(204)
}

/** `DELETE /upload/{batchId}/{fileIdx}` */
export async function remove(call: Call, batchId: string, fileIdx: string): Promise<Answer> {
  const batch = await findBatch(call, batchId)
  const found = await fileAt(call.services, batch, fileIdx)
  if (found === null) return empty(404)
  await call.services.sessions.groups.remove(batch.actor, batch.group.id, found.groupIndex ?? 0)
  return empty(204)
}

/** `POST /upload/{batchId}/{fileIdx}/complete`: compares what the client knows of the file with what is stored. */
export async function complete(call: Call, batchId: string, fileIdx: string): Promise<Answer> {
  const batch = await findBatch(call, batchId)
  const found = await fileAt(call.services, batch, fileIdx)
  if (found === null) return empty(404)
  const { fileSize, mimeType, md5 } = await readBody(call.exchange, CompletionBody)
  const same = (given: unknown, stored: unknown): boolean =>
    given === undefined || given === null ? !call.strict : String(given) === String(stored)
  const fits =
    found.status === 'COMPLETED' &&
    same(fileSize, found.size) &&
    same(mimeType, found.contentType) &&
    same(md5?.toLowerCase(), found.computed.md5)
  return fits ? answerJSON(200, { uploaded: 'true', batchId, fileIdx }) : empty(409)
}

/** `POST /upload/{batchId}/refreshToken`: only handlers that store elsewhere have tokens. */
export async function refreshToken(call: Call, batchId: string): Promise<Answer> {
  await findBatch(call, batchId)
  return empty(501)
}
