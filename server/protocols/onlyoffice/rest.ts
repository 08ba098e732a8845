import { assertWriter } from '#accounts'
import type { Answer, Exchange } from '#http'
import { isOpen } from '#sessions'
import { type Outcome, response } from './answers.ts'
import { caller } from './caller.ts'
import { abort, append, type Call, finalize, numbered } from './chunks.ts'
import { APIError, GONE } from './errors.ts'
import { queryOf } from './fields.ts'
import type { Services } from './services.ts'
import { sessionID } from './session-view.ts'

/** The chunk handler's modes as paths below `/api/2.0/files/{folderId}/session/{id}` (contract, section 1, H). */
type Mode = (call: Call) => Promise<Outcome>

const inEnvelope =
  (mode: Mode) =>
  async (services: Services, exchange: Exchange, id = ''): Promise<Answer> => {
    const outcome = await mode(await callOf(services, exchange, id))
    const { status, data } = outcome
    return response(exchange, { success: true, data, message: '' }, { status })
  }

/** The caller's own upload. @throws APIError 404 */
async function callOf(services: Services, exchange: Exchange, uid: string): Promise<Call> {
  const principal = await caller(services, exchange)
  const id = sessionID(uid)
  const owner = id === null ? null : await services.sessions.ownerOf(id)
  if (id === null || owner !== principal.userID) throw new APIError(404, GONE)
  const session = await services.sessions.read(principal, id)
  const over = !isOpen(session) || session.expiresAt <= Date.now()
  if (session.protocol !== 'onlyoffice' || over) throw new APIError(404, GONE)
  assertWriter(principal)
  return { view: { services, principal, origin: exchange.origin }, exchange, session, form: null }
}

export const sendChunk = inEnvelope(append)
export const sendNumbered = inEnvelope((call) => numbered(call, queryOf(call.exchange).raw('chunkNumber')))
export const finalizeSession = inEnvelope(finalize)
export const abortSession = inEnvelope(abort)
