import { Refusal } from '#errors'
import { type Answer, bodyOf, header, json } from '#http'
import type { ChunkStored, Session } from '#sessions'
import type { Call } from './caller.ts'
import { assertMediaType } from './document.ts'
import { bare, Ended, problem } from './errors.ts'
import { find, look } from './life.ts'
import { isStrict, type Services } from './services.ts'
import { isOver, statusOf } from './view.ts'

/** Largest value of the original's `int`. */
const INT = 2_147_483_647

export const FAILED = 'Failed to upload chunk'

/** `PUT v1/uploads/{uploadId}/chunks/{chunkOrder}`, section 1.2; "check order (first hit wins)". */
export async function putChunk(services: Services, call: Call): Promise<Answer> {
  const id = call.params.uploadId ?? ''
  const number = orderOf(call)
  const total = totalOf(call)
  assertMediaType(call, 'application/octet-stream')
  assertOrder(await find(services, call.caller, id), number, total)
  const { session } = await look(services, call, id, 'put')
  assertOpen(session)
  const stored = await store(services, call, { session, number, total })
  return answerOf(stored, number)
}

async function store(
  services: Services,
  call: Call,
  { session, number, total }: { session: Session; number: number; total: number },
): Promise<ChunkStored> {
  const strict = isStrict(services)
  const expected = header(call.req, 'x-content-sha256')
  try {
    return await services.sessions.putChunk(call.caller, session.id, {
      number,
      total,
      body: bodyOf(call.req),
      digest: expected === undefined ? undefined : promised(expected, strict),
      onConflict: 'replace',
      sumMustFit: true,
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'DIGEST_MISMATCH') throw new Ended(mismatch(number, expected ?? '', error, strict))
    // Somebody else was faster: say what the session is by now.
    if (error.code === 'COMPLETED') assertOpen((await look(services, call, session.id)).session)
    throw error
  }
}

/** "integer […] Non-integer -> 404" */
function orderOf({ params }: Call): number {
  const given = params.chunkOrder ?? ''
  const number = /^[+-]?\d+$/.test(given) ? Number(given) : Number.NaN
  if (number >= -INT - 1 && number <= INT) return number
  throw new Ended(bare(404))
}

/** "a plain decimal of at most 2147483647; anything else is 400"; absent is 0. */
function totalOf({ req }: Call): number {
  const given = header(req, 'x-total-chunks')
  if (given === undefined) return 0
  const total = /^-?\d+$/.test(given) ? Number(given) : Number.NaN
  if (total >= -INT - 1 && total <= INT) return total
  throw new Ended(
    problem(
      400,
      'Total chunks must be greater than 0',
      `X-Total-Chunks must be a whole number of at most ${INT}`,
    ),
  )
}

function assertOrder(session: Session, number: number, total: number): void {
  const { id } = session
  if (statusOf(session) === 'CANCELED')
    throw new Ended(problem(400, 'Upload session has been canceled: ', id))
  if (total <= 0) throw new Ended(problem(400, 'Total chunks must be greater than 0', id))
  if (number < 1 || number > total)
    throw new Ended(problem(400, `Chunk order must be between 1 and ${total}`, id))
}

function assertOpen(session: Session): void {
  const status = statusOf(session)
  if (status === 'INITIATED' || status === 'UPLOADING') return
  const { id } = session
  if (status === 'CANCELED') throw new Ended(problem(400, 'Upload session has been canceled: ', id))
  // "FAILED cannot be resumed (PUT -> 409, or 410 if also expired)"; a COMPLETED one stays 409.
  if (status === 'FAILED' && isOver(session))
    throw new Ended(problem(410, 'Upload session has expired: ', id))
  throw new Ended(problem(409, `Upload session is already: ${status.toLowerCase()}`, id))
}

/** "Hex compares without regard to case"; the original's "comparison is exact string equality". */
function promised(expected: string, strict: boolean) {
  const hex = strict ? expected : expected.toLowerCase()
  const value = Buffer.from(/^[0-9a-f]{64}$/.test(hex) ? hex : '', 'hex')
  return { algorithms: ['sha256' as const], expected: () => [{ algorithm: 'sha256' as const, value }] }
}

const mismatch = (number: number, expected: string, { facts }: Refusal, strict: boolean): Answer =>
  problem(
    strict ? 500 : 400,
    FAILED,
    `SHA-256 mismatch for chunk ${number}. Expected: ${expected}, Calculated: ${facts.received}`,
  )

function answerOf({ session, chunk, completed, mismatch }: ChunkStored, number: number): Answer {
  const message = `Chunk ${number} uploaded successfully.`
  const answer = { uploadId: session.id, chunkOrder: number, receivedSize: chunk.size, message }
  if (mismatch === null) return json(200, { ...answer, isLastChunk: completed })
  // E3: "the *normal* chunk response […] unterminated JSON text; upstream typo"
  const { expected, received } = mismatch
  const told = `${message}\n{"error":"Mismatch in total received size. Expected: ${expected}, Received: ${received}`
  return json(400, { ...answer, message: told, isLastChunk: false })
}
