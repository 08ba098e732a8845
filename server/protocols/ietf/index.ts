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

export type { Services as IETFServices } from './call.ts'

const UPLOAD: Readonly<Record<string, (call: Call) => Promise<Answer>>> = {
  HEAD: offset,
  PATCH: append,
  DELETE: cancel,
}

/**
 * draft-ietf-httpbis-resumable-upload, interop versions 3 to 9, on a mount it shares: whoever owns the mount decides
 * which requests come here.
 */
export function ietfRoom(services: Services) {
  // Node knows no phrase for 104 and would send "unknown".
  STATUS_CODES[104] = 'Upload Resumption Supported'
  return {
    /**
     * Answers a request on `/files` (`params.id` absent) or `/files/:id`. `method` is the one meant, where a header
     * overrides the one sent.
     */
    async handle(exchange: Exchange, method = exchange.req.method ?? ''): Promise<Answer> {
      const fields = new Fields(exchange.req, services.config.strict.has('ietf'))
      let spoken: Dialect = { ...NEWEST, named: null }
      let call: Call | null = null
      try {
        spoken = dialect(fields)
        const principal = await services.authenticate(exchange.req)
        if (principal === null)
          throw new Refusal('UNAUTHENTICATED', 'this server wants to know who is calling')
        exchange.principal = principal
        call = { services, exchange, fields, dialect: spoken, principal, id: exchange.params.id ?? null }
        return await route(call, method)
      } catch (error) {
        if (call !== null) return refusal(call, error)
        return problemOf(error, spoken) ?? unforeseen(services, exchange, error)
      }
    },
    /** What an answer to `OPTIONS` says for this protocol. */
    options: (): Record<string, string> => ({
      'Upload-Limit': uploadLimit(services, { ...NEWEST, named: null }, lifeOf(services)),
      'Accept-Patch': NEWEST.appendType ?? '',
    }),
  }
}

export type IETFRoom = ReturnType<typeof ietfRoom>

function route(call: Call, method: string): Promise<Answer> {
  if (call.id === null && method === 'POST') return create(call)
  const handle = call.id === null ? undefined : UPLOAD[method]
  if (handle !== undefined) return handle(call)
  const allowed = call.id === null ? 'POST, OPTIONS' : 'HEAD, GET, PATCH, DELETE, OPTIONS'
  throw new Rejection(405, `${method} is not allowed here, only ${allowed}`, { Allow: allowed })
}
