import { lookup } from 'mime-types'
import { Refusal } from '#errors'
import { type Answer, download } from '#http'
import type { StoredFile } from '#records'
import type { Session } from '#sessions'
import { base64Length, pour, toBase64 } from './base64.ts'
import type { Call } from './caller.ts'
import { bare, Ended, problem } from './errors.ts'
import { find } from './life.ts'
import { isStrict, type Services } from './services.ts'
import { statusOf } from './view.ts'

/** `GET v1/uploads/{uploadId}/file[?json]`, section 9. */
export async function file(services: Services, call: Call): Promise<Answer | null> {
  const { session, file } = await finishedFile(services, call)
  const strict = isStrict(services)
  if (call.query.has('json') || (call.query.has('asJson') && !strict))
    return asJSON(services, call, file, strict ? 'application/octet-stream' : 'application/json')
  const contentType = typeOf(session.contentType, session.fileName ?? '')
  const bytes = (from: number, to: number) => services.sessions.bytes(file, from, to)
  if (strict) return plainly(call, contentType, bytes(0, file.size))
  const name = session.fileName ?? session.id
  return download(call.req, call.res, { file, name, contentType, modified: session.completedAt, bytes })
}

const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;[\t\x20-\x7e]*)?$/

/** As the original: "No `Content-Disposition`, `Content-Length`, `ETag`, `Accept-Ranges`", but nothing that runs. */
async function plainly({ req, res }: Call, type: string, bytes: AsyncIterable<Buffer>): Promise<null> {
  // "Invalid contentType text -> 500"
  if (!MEDIA_TYPE.test(type)) throw new Ended(bare(500))
  res.writeHead(200, {
    'content-type': type,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  })
  if (req.method === 'HEAD') res.end()
  else await pour(res, bytes)
  return null
}

/** "Only when COMPLETED, else 400"; "stored file gone" is 404. */
export async function finishedFile(
  { sessions }: Services,
  { caller, params }: Call,
): Promise<{ session: Session; file: StoredFile }> {
  const id = params.uploadId ?? ''
  const session = await find({ sessions }, caller, id)
  const status = statusOf(session)
  if (status !== 'COMPLETED')
    throw new Ended(problem(400, `Upload is not completed yet or cancelled. Current status: ${status}`, id))
  try {
    return await sessions.finished(caller, id)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'INCOMPLETE')
      throw new Ended(problem(404, 'File not found for upload: ', id))
    throw error
  }
}

/** "If blank: `.html/.htm` -> text/html; `.csv/.ssv/.log` -> text/plain; else by extension table" */
export function typeOf(declared: string | null, name: string): string {
  if (declared !== null && declared.trim() !== '') return declared
  if (/\.(?:csv|ssv|log)$/i.test(name)) return 'text/plain'
  return lookup(name) || 'application/octet-stream'
}

/** "Body `{"data":"<standard base64, padded, one line>"}` only", streamed however large the file is. */
export async function asJSON(
  { sessions }: Pick<Services, 'sessions'>,
  { req, res }: Pick<Call, 'req' | 'res'>,
  file: StoredFile,
  type: string,
): Promise<null> {
  const [head, tail] = ['{"data":"', '"}']
  res.writeHead(200, {
    'content-type': type,
    'content-length': head.length + base64Length(file.size) + tail.length,
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
  })
  if (req.method === 'HEAD') {
    res.end()
    return null
  }
  await toBase64(res, { head, tail, bytes: sessions.bytes(file) })
  return null
}
