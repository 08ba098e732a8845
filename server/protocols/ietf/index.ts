import { STATUS_CODES } from 'node:http'
import { Refusal } from '#errors'
import type { Answer, Exchange } from '#http'
import { append } from './append.ts'
import type { Call, Services } from './call.ts'
import { cancel } from './cancel.ts'
import { create } from './create.ts'
import { problemOf, Rejection } from './errors.ts'
import { dialect, Fields } from './fields.ts'
import { offset } from './offset.ts'
import { refusal, unforeseen } from './refusal.ts'
import { lifeOf, uploadLimit } from './state.ts'
import { type Dialect, NEWEST } from './versions.ts'

const UPLOAD: Readonly<Record<string, (call: Call) => Promise<Answer>>> = {
  HEAD: offset,
  PATCH: append,
  DELETE: cancel,
}

/**
 * draft-ietf-httpbis-resumable-upload, interop versions 3 to 9, on a mount it shares: whoever owns the mount decides
 * which requests come here.
 */
export function ietfProtocol(services: Services) {
  // Node knows no phrase for 104 and would send "unknown".
  STATUS_CODES[104] = 'Upload Resumption Supported'
  return {
    /** Answers a request on `/files` (`params.id` absent) or on the URL of an upload. */
    async handle(exchange: Exchange): Promise<Answer> {
      const fields = new Fields(exchange.req, services.config.strict.has('ietf'))
      const newest: Dialect = { ...NEWEST, named: null }
      let call: Call | null = null
      try {
        const principal = await services.authenticate(exchange.req)
        if (principal === null)
          throw new Refusal('UNAUTHENTICATED', 'this server wants to know who is calling')
        exchange.principal = principal
        call = { services, exchange, fields, dialect: newest, principal, id: exchange.params.id ?? null }
        call = { ...call, dialect: dialect(fields) }
        return await route(call)
      } catch (error) {
        if (call !== null) return refusal(call, error)
        return problemOf(error, newest) ?? unforeseen(services, exchange, error)
      }
    },
    /** "the server MUST include the `Upload-Limit` header field with the corresponding limits in the response" */
    options: (): Promise<Record<string, string>> =>
      Promise.resolve({
        'Upload-Limit': uploadLimit(services, NEWEST, lifeOf(services)),
        // -10, -11: "MUST include the `Accept-Patch` header field"
        'Accept-Patch': NEWEST.appendType ?? '',
      }),
  }
}

function route(call: Call): Promise<Answer> {
  const method = call.exchange.req.method ?? ''
  if (call.id === null && method === 'POST') return create(call)
  const handle = call.id === null ? undefined : UPLOAD[method]
  if (handle !== undefined) return handle(call)
  const allowed = call.id === null ? 'POST, OPTIONS' : 'HEAD, GET, PATCH, DELETE, OPTIONS'
  throw new Rejection(405, `${method} is not allowed here, only ${allowed}`, { Allow: allowed })
}
