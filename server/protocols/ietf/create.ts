import { invalid, Refusal } from '#errors'
import { type Answer, bodyOf } from '#http'
import type { NewSession, Session } from '#sessions'
import { receive } from './append.ts'
import type { Call } from './call.ts'
import { description } from './description.ts'
import { Rejection } from './errors.ts'
import { completeness, type Fields, refuseForeign } from './fields.ts'
import { announce } from './interim.ts'
import { lifeOf, locationOf, stateHeaders } from './state.ts'

/** Upload creation (draft, 4.2), with the bytes of the file, the first of them, or none. */
export async function create(call: Call): Promise<Answer> {
  const { services, exchange, fields, dialect } = call
  refuseForeign(fields)
  refuseCoding(fields)
  const said = completeness(fields, dialect)
  if (said === undefined)
    throw invalid(dialect.completeness, 'is missing: it says whether this request has the whole file')
  const completes = said || isEmpty(call)
  if (fields.has('Upload-Offset')) throw invalid('Upload-Offset', 'does not belong on a request that begins')
  const body = bodyOf(exchange.req)
  const init: NewSession = {
    ...description(call),
    protocol: 'ietf',
    size: declaredSize(call, completes, body.length),
    life: { ms: lifeOf(services), sliding: true },
  }
  const request = receive(call, { offset: 0, completes, body })
  const session = await services.sessions.create(call.principal, init)
  call.id = session.id
  announce(call, session)
  // "The request content can be empty": without bytes, and with more to come, there is nothing else to do.
  return !completes && body.length === 0 && !request.digested
    ? begun(call, session)
    : request.run(session.id, 201)
}

/**
 * "An upload is incomplete until it is explicitly marked as completed by the client or the server." There are clients
 * that send nothing after the creation of a file without bytes, so the server marks it.
 */
const isEmpty = ({ fields, services }: Call): boolean =>
  fields.integer('Upload-Length') === 0 && !services.config.strict.has('ietf')

/** Draft, 4.2.2: the answer to a creation that did not bring the end of the file. */
const begun = (call: Call, session: Session): Answer => ({
  status: 201,
  headers: { Location: locationOf(call, session.id), ...stateHeaders(call, session, false) },
})

/**
 * Draft, 4.1.3: `Upload-Length`, and `Content-Length` where the request has the whole file: "If indicators (1) and (2)
 * are both present in the same request, their indicated lengths MUST match."
 */
function declaredSize(call: Call, completes: boolean, length: number | null): number | null {
  const declared = call.fields.integer('Upload-Length') ?? null
  const { maxSize } = call.services.config
  if (length !== null && length > maxSize) {
    throw new Refusal('TOO_LARGE', `a file may have at most ${maxSize} bytes`, { limit: maxSize })
  }
  if (length === null) return declared
  if (declared === null) return completes ? length : null
  if (completes ? declared === length : declared >= length) return declared
  throw new Refusal(
    'LENGTH_MISMATCH',
    `the upload is declared to have ${declared} bytes, but this request brings ${length}`,
    { expected: declared, received: length },
  )
}

/**
 * Stored bytes are the representation itself, so a content coding could not be told to whoever downloads it.
 * RFC 9110, 15.5.16: the answer may say in `Accept-Encoding` what would be taken.
 */
function refuseCoding(fields: Fields): void {
  const coding = fields.text('Content-Encoding')?.trim().toLowerCase() ?? ''
  if (coding === '' || coding === 'identity') return
  throw new Rejection(415, 'content codings are not supported, send the file as it is', {
    'Accept-Encoding': 'identity',
  })
}
