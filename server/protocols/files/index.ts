/**
 * `/files`: the one mount that tus and IETF resumable uploads share. This room only decides whose a request is, hands
 * it on, and says on every answer which origins may read it. Files that are finished are served from here too.
 */

import type { IncomingMessage } from 'node:http'
import type { Principal } from '#accounts'
import { type Exchange, type Handler, holdBody, type Room } from '#http'
import type { Sessions } from '#sessions'
import { classify, type Form, type Kind } from './classify.ts'
import { cors } from './cors.ts'
import { serveFile } from './download.ts'
import { answerOf, type Log } from './errors.ts'
import { preflight } from './options.ts'

/** One of the protocols that live here. */
interface UploadProtocol {
  /** answers a creation (`params.id` absent) or a request to an upload URL; never throws */
  readonly handle: Handler
  /** what it has to say in the answer to OPTIONS; asked without a credential */
  options(exchange: Exchange): Promise<Readonly<Record<string, string>>>
}

export interface FilesServices {
  readonly tus: UploadProtocol
  /** null: requests of no known protocol are told what tus needs */
  readonly ietf: UploadProtocol | null
  readonly sessions: Sessions
  authenticate(req: IncomingMessage): Promise<Principal | null>
  readonly log: Log
}

/** Requests whose bytes count as far as they came. */
const BRING_BYTES: ReadonlySet<string> = new Set(['POST', 'PATCH'])
const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const

export function filesRoom(services: FilesServices): Room {
  const collection = dispatch(services, 'collection')
  const upload = dispatch(services, 'upload')
  return {
    name: 'files',
    bytes: (routes) => {
      // `/files` and `/files/` are the same.
      for (const path of ['/files', '/files/']) routes.on(METHODS, path, collection)
      for (const path of ['/files/:id', '/files/:id/']) routes.on(METHODS, path, upload)
    },
  }
}

function dispatch(services: FilesServices, form: Form): Handler {
  const handlers: Record<Kind, Handler> = {
    tus: services.tus.handle,
    ietf: (services.ietf ?? services.tus).handle,
    download: serveFile(services),
    preflight: (exchange) =>
      preflight(exchange, services.ietf === null ? [services.tus] : [services.ietf, services.tus]),
  }
  return async (exchange) => {
    cors(exchange)
    overrideMethod(exchange)
    answerInTus(exchange)
    if (BRING_BYTES.has(exchange.req.method ?? '')) holdBody(exchange.req)
    const found = classify(exchange.req.method ?? 'GET', exchange.req.headers, form)
    if (typeof found !== 'string') return found
    try {
      return await handlers[found](exchange)
    } catch (error) {
      return answerOf(error, exchange, services.log)
    }
  }
}

/** "The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests." */
function answerInTus({ req, res }: Exchange): void {
  if (req.headers['tus-resumable'] !== undefined) res.setHeader('tus-resumable', '1.0.0')
}

/**
 * "The X-HTTP-Method-Override request header MUST be a string which MUST be interpreted as the request's method by the
 * Server, if the header is presented. The actual method of the request MUST be ignored." (tus 1.0.0, Headers)
 */
function overrideMethod({ req }: Exchange): void {
  const method = req.headers['x-http-method-override']
  if (typeof method === 'string' && method !== '') req.method = method.trim().toUpperCase()
}
