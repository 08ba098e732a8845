import { invalid } from '#errors'
import { type Answer, bodyOf } from '#http'
import type { AppendRequest, Body, Session } from '#sessions'
import type { Call } from './call.ts'
import { contentDigest, reprDigest, reprDigestOf, wantedDigests } from './digests.ts'
import { problem, Rejection } from './errors.ts'
import { completeness, Fields, refuseForeign } from './fields.ts'
import { progress } from './interim.ts'
import { locationOf, stateHeaders } from './state.ts'

/** Upload append (draft, 4.4). */
export async function append(call: Call): Promise<Answer> {
  const { exchange, fields, dialect } = call
  refuseForeign(fields)
  assertMediaType(call)
  const offset = fields.integer('Upload-Offset')
  if (offset === undefined)
    throw invalid('Upload-Offset', 'is missing: it says where in the file these bytes belong')
  const said = completeness(fields, dialect)
  // "The request MUST include the `Upload-Complete` header field", since -06.
  if (said === undefined && dialect.unsaid === null)
    throw invalid('Upload-Complete', 'is missing: it says whether these bytes end the file')
  const completes = said ?? dialect.unsaid === 'complete'
  return receive(call, { offset, completes, body: bodyOf(exchange.req) }).run(call.id ?? '', dialect.appended)
}

function assertMediaType({ fields, dialect: { appendType } }: Call): void {
  const given = fields.text('Content-Type')?.split(';')[0]?.trim().toLowerCase()
  if (appendType === null || given === appendType) return
  throw new Rejection(415, `Content-Type must be ${appendType} to append to an upload`, {
    'Accept-Patch': appendType,
  })
}

/** How long a request waits for another writer: until that one counts as silent, and for its last commit, ms. */
const WAIT = 1500

interface Reception {
  readonly offset: number
  readonly completes: boolean
  readonly body: Body
}

/** Reads all that a request says of its bytes, so that it is refused before anything is changed; `run` takes them. */
export function receive(call: Call, { offset, completes, body }: Reception) {
  const { services, exchange, fields, principal } = call
  const trailers = (): Fields => new Fields({ headers: exchange.req.trailers }, false)
  const digest = contentDigest(fields, trailers)
  const onCommitted = progress(call)
  const wanted = wantedDigests(fields)
  const request: AppendRequest = {
    offset,
    body,
    completes: completes ? 'now' : 'not-yet',
    size: fields.integer('Upload-Length'),
    declared: reprDigest(fields),
    wanted,
    wait: WAIT,
    ...(digest === undefined ? {} : { digest }),
    ...(onCommitted === undefined ? {} : { onCommitted }),
  }
  return {
    /** the bytes were promised a digest, which has to be compared even when there are none */
    digested: digest !== undefined,
    async run(id: string, status: 201 | 204): Promise<Answer> {
      const { session, whole } = await services.sessions.append(principal, id, request)
      if (!whole) return interrupted(call, session)
      if (completes) return final(call, session, wanted)
      const location = status === 201 ? { Location: locationOf(call, id) } : {}
      return { status, headers: { ...location, ...stateHeaders(call, session, false) } }
    },
  }
}

/**
 * The final response, the same for whoever asks again: "the response that matches what the resource, that was targeted
 * by the initial upload creation, would have generated".
 */
function final(call: Call, session: Session, wanted: AppendRequest['wanted'] = []): Answer {
  const digest = reprDigestOf(session, [...session.wanted, ...wanted])
  return {
    status: 201,
    headers: {
      Location: locationOf(call, session.id),
      ...stateHeaders(call, session, true),
      ...(digest === undefined ? {} : { 'Repr-Digest': digest }),
    },
  }
}

/** The body broke off and what had come is kept. 5xx, because a client "MAY automatically attempt upload resumption". */
const interrupted = (call: Call, session: Session): Answer =>
  problem(
    503,
    `the request ended before its body was whole; the upload holds ${session.offset} bytes`,
    { title: 'the request was interrupted' },
    { 'Retry-After': '1', ...stateHeaders(call, session, false) },
  )
