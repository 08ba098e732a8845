import { Refusal } from '#errors'
import { type Answer, bodyOf, type Exchange, type Form, header, readText } from '#http'
import { isOpen } from '#sessions'
import { handled, type Outcome } from './answers.ts'
import { chunkBody, formOf, guarded, placeOf } from './chunk-body.ts'
import { abort, append, type Call, count, finalize, numbered, repeat } from './chunks.ts'
import { GONE } from './errors.ts'
import { Fields, queryOf, urlencoded } from './fields.ts'
import type { View } from './file-view.ts'
import type { Services } from './services.ts'
import { sessionID, sessionView } from './session-view.ts'

/** "path match is case-insensitive and suffix-only" */
export const isUploader = (path: string): boolean => /\/chunkeduploader\.ashx$/i.test(path)

/** The chunk handler: `GET` tells where an upload stands, `POST` and `PUT` do what the flags say. @throws Refusal */
export async function uploader(services: Services, exchange: Exchange): Promise<Answer> {
  const { params, form } = await paramsOf(exchange)
  try {
    const { session, view } = await find(services, exchange, String(params.raw('uid') ?? ''))
    const call = { view, exchange, session, form }
    const { method = 'GET' } = exchange.req
    const reads = method === 'GET' || method === 'HEAD'
    // "Mode flags compare to the exact lowercase string `true`"
    const flags = ['abort', 'finalize', 'upload'].filter((name) => params.raw(name) === 'true')
    if (!isOpen(session) || session.expiresAt <= Date.now())
      return handled(await over(call, !reads && flags.length === 0))
    if (reads) return handled({ status: 200, data: sessionView(session, exchange.origin) })
    if (method !== 'POST' && method !== 'PUT') throw new Refusal('INVALID', 'Unknown request type.')
    return handled(await act(call, flags[0], params))
  } finally {
    form?.close()
  }
}

/** "order of test: initiate, abort, finalize, upload, plain" */
async function act(call: Call, flag: string | undefined, params: Fields): Promise<Outcome> {
  if (flag === 'abort') return abort(call)
  if (flag === 'finalize') return finalize(call)
  if (flag === 'upload') return numbered(call, params.raw('chunkNumber'))
  return append(call)
}

/**
 * "CS reads flags from query OR form …; CS also accepts `uid` in the form." A form is opened this early only when the
 * query names no upload.
 */
async function paramsOf(exchange: Exchange): Promise<{ params: Fields; form: Form | null }> {
  const { query, req } = exchange
  const params = queryOf(exchange)
  const body = bodyOf(req)
  const named = params.raw('uid') !== undefined
  // What is long is a chunk that was sent with the wrong type, which is refused as one.
  const short = body.length !== null && body.length <= 4096
  if (/urlencoded/i.test(header(req, 'content-type') ?? '') && (short || !named))
    return { params: urlencoded(await readText(body), query), form: null }
  if (named) return { params, form: null }
  const form = await formOf(exchange)
  return { params: new Fields([...query, ...(form?.fields ?? [])]), form }
}

/** "The uid is the secret … a credential that names somebody else is refused". @throws Refusal NOT_FOUND */
async function find(services: Services, { req, origin }: Exchange, uid: string) {
  const id = sessionID(uid)
  const userID = id === null ? null : await services.sessions.ownerOf(id)
  const principal = userID === null ? null : await services.accounts.principal(userID)
  if (id === null || principal === null) throw gone()
  const named = await services.authenticate(req)
  if (named !== null && named.userID !== userID) throw gone()
  const session = await services.sessions.read(principal, id)
  if (session.protocol !== 'onlyoffice') throw gone()
  const view: View = { services, principal, origin }
  return { session, view }
}

/**
 * An upload that takes no more bytes is gone, save for a chunk that says where it lies: whoever did not hear the last
 * answer gets it again.
 */
async function over(call: Call, plain: boolean): Promise<Outcome> {
  const place = plain ? placeOf(call.exchange) : null
  if (place === null || call.session.status === 'FAILED' || call.session.status === 'CANCELED') throw gone()
  const body = guarded(chunkBody(call.exchange, call.form), () => undefined)
  return repeat(call, place, await count(body), gone())
}

const gone = (): Refusal => new Refusal('NOT_FOUND', GONE, { what: 'session' })
