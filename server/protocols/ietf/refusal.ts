import { Refusal } from '#errors'
import type { Answer, Exchange } from '#http'
import { type Session, verified } from '#sessions'
import type { Call, Services } from './call.ts'
import { problem, problemOf } from './errors.ts'
import { completenessField, lifeOf, locationOf, stateHeaders, uploadLimit, versionField } from './state.ts'

/** The answer to a request that was refused, with the state of its upload as far as the caller may know it. */
export async function refusal(call: Call, error: unknown): Promise<Answer> {
  await endInStrictMode(call, error)
  const session = await visible(call)
  const refined = session === null ? error : refine(call, error, session)
  const answer = problemOf(refined, call.dialect) ?? unforeseen(call.services, call.exchange, error)
  return { ...answer, headers: { ...about(call, session, refined), ...answer.headers } }
}

export function unforeseen({ log }: Services, { id }: Exchange, error: unknown): Answer {
  log.error({ err: error, req: id }, 'an IETF request failed in a way nobody foresaw')
  return problem(500, 'something went wrong here, the log has the details')
}

async function visible({ services, principal, id }: Call): Promise<Session | null> {
  if (id === null) return null
  // A second failure adds nothing: the first one is answered.
  return services.sessions.read(principal, id).catch(() => null)
}

/**
 * "`4xx (Client Error)` […] status codes indicate in this case that the representation was fully transmitted, but an
 * error occurred while processing it": only then is the completeness of an error true.
 */
function about(call: Call, session: Session | null, error: unknown): Record<string, string> {
  const { dialect, exchange } = call
  if (session === null) return withoutUpload(call)
  const over = error instanceof Refusal && ['FILE_DIGEST_MISMATCH', 'FAILED'].includes(error.code)
  const { method } = exchange.req
  if (method === 'HEAD' || method === 'DELETE') return over ? completenessField(dialect, true) : {}
  const state = stateHeaders(call, session, over)
  return method === 'POST' ? { Location: locationOf(call, session.id), ...state } : state
}

/** A creation that was refused left nothing behind: it stands at 0 and is not complete. */
function withoutUpload({ services, dialect, id }: Call): Record<string, string> {
  // "A server responding with a 413 […] SHOULD include the `Upload-Limit` header field"
  const limit = { 'Upload-Limit': uploadLimit(services, dialect, lifeOf(services)), ...versionField(dialect) }
  return id === null ? { 'Upload-Offset': '0', ...completenessField(dialect, false), ...limit } : limit
}

/** What an error means for an upload in this state. */
function refine({ fields }: Call, error: unknown, session: Session): unknown {
  if (!(error instanceof Refusal)) return error
  // The final response is the same for whoever asks again.
  if (error.code === 'FAILED' && verified(session) === false)
    return new Refusal('FILE_DIGEST_MISMATCH', session.failure ?? error.message)
  const offset = Number(fields.text('Upload-Offset') ?? session.offset)
  if (error.code !== 'COMPLETED' || offset === session.offset || !Number.isSafeInteger(offset)) return error
  return new Refusal('OFFSET_MISMATCH', `the upload is complete with ${session.offset} bytes`, {
    expected: session.offset,
    received: offset,
  })
}

/** "rejecting the request once the offset exceeds the length, marking the upload resource invalid" */
async function endInStrictMode({ services, dialect, principal, id }: Call, error: unknown): Promise<void> {
  if (!(error instanceof Refusal) || error.code !== 'LENGTH_EXCEEDED' || id === null) return
  if (dialect.exceedingEnds && services.config.strict.has('ietf'))
    await services.sessions.cancel(principal, id)
}
