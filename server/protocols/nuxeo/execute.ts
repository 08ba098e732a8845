import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type Answer, header } from '#http'
import { fileAt, filesOf } from './batch.ts'
import { naming, serve } from './blob.ts'
import { nameOf } from './blobs.ts'
import { using } from './documents.ts'
import { empty, NuxeoError } from './errors.ts'
import { type Outcome, operationNamed } from './operation.ts'
import { contentOf } from './references.ts'
import { OperationBody, readBody } from './schemas.ts'
import type { Call } from './services.ts'

/** `POST /upload/{batchId}/{fileIdx}/execute/{op}`: the answer is the blob. */
export async function executeOne(
  call: Call,
  batchId: string,
  fileIdx: string,
  name: string,
): Promise<Answer | null> {
  const outcome = await using(call, async (references) => {
    const batch = await references.require(batchId)
    const operation = operationNamed(name)
    const session = await fileAt(call.services, batch, fileIdx)
    if (session?.status !== 'COMPLETED')
      throw new NuxeoError(404, `batch ${batchId} has no complete file ${fileIdx}`)
    const { params } = await readBody(call.exchange, OperationBody)
    return operation(call, params ?? {}, [await contentOf(call, batch, session)])
  })
  const [entry] = outcome.entries
  if (isVoid(call) || entry === undefined) return empty(204)
  return serve(call, entry, outcome.record.updatedAt)
}

/** `POST /upload/{batchId}/execute/{op}`: the answer is all blobs, as `multipart/mixed`. */
export async function executeAll(call: Call, batchId: string, name: string): Promise<Answer | null> {
  const outcome = await using(call, async (references) => {
    const batch = await references.require(batchId)
    const operation = operationNamed(name)
    const contents = []
    for (const session of await filesOf(call.services, batch)) {
      const settled = await call.services.sessions.settled(session)
      if (settled.status === 'COMPLETED') contents.push(await contentOf(call, batch, settled))
      else references.missing()
    }
    const { params } = await readBody(call.exchange, OperationBody)
    return operation(call, params ?? {}, contents)
  })
  if (isVoid(call) || outcome.entries.length === 0) return empty(204)
  await sendMixed(call, outcome)
  return null
}

/** Contract, section 8: "`X-NXVoidOperation: true` → 204". */
const isVoid = ({ exchange }: Call): boolean =>
  header(exchange.req, 'x-nxvoidoperation')?.toLowerCase() === 'true'

async function sendMixed({ exchange, services }: Call, { entries }: Outcome): Promise<void> {
  const { res } = exchange
  const boundary = `----=_Part_${randomUUID()}`
  res.writeHead(200, { 'content-type': `multipart/mixed; boundary="${boundary}"` })
  for (const entry of entries) {
    const { file, contentType } = entry
    const head = [
      `--${boundary}`,
      `Content-Type: ${contentType ?? 'application/octet-stream'}`,
      `Content-Disposition: ${naming('attachment', nameOf(entry) ?? '')}`,
      `Content-Length: ${file.size}`,
    ]
    await write(res, `${head.join('\r\n')}\r\n\r\n`)
    for await (const piece of services.sessions.bytes(file)) await write(res, piece)
    await write(res, '\r\n')
  }
  res.end(`--${boundary}--\r\n`)
}

async function write(res: ServerResponse, bytes: string | Buffer): Promise<void> {
  if (res.destroyed) throw new Error('the client is gone')
  if (!res.write(bytes)) await Promise.race([once(res, 'drain'), once(res, 'close')])
}
