import { randomUUID } from 'node:crypto'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Logger } from 'pino'
import { expectContinue } from './body.ts'
import type { ByteRoutes } from './byte-routes.ts'
import type { Exchange } from './exchange.ts'
import { originOf, type Trust } from './origin.ts'
import { send } from './send.ts'

export interface ServerOptions {
  readonly bytes: ByteRoutes
  readonly log: Logger
  readonly trust: Trust
  readonly publicURL: string | null
  /** called when the answer of a byte route is out: for metrics */
  readonly observe?: (route: string, method: string, status: number, seconds: number) => void
}

/** Headers carry file names: 4,000 characters of any script, percent-encoded, fit in. Bytes */
const HEADERS = 64 * 1024

/** What is known of a request outside its room: its id and, once the room knows, who calls. */
const exchanges = new WeakMap<IncomingMessage, Exchange>()
export const exchangeOf = (req: IncomingMessage): Exchange | undefined => exchanges.get(req)

/**
 * The HTTP server: byte routes are answered here, everything else by `otherwise`. A request that expects
 * `100 Continue` is not invited to send its body before a room asks for the bytes.
 */
export function createHTTPServer(options: ServerOptions, otherwise: RequestListener): Server {
  // Uploads take hours: the whole request has no limit, its head and its silences do (`Limits.stall`).
  const server = createServer({
    requestTimeout: 0,
    headersTimeout: 30_000,
    keepAliveTimeout: 65_000,
    maxHeaderSize: HEADERS,
  })
  const listen = (req: IncomingMessage, res: ServerResponse): void => {
    const exchange = begin(options, req, res)
    const match = options.bytes.find(req.method ?? 'GET', exchange.path)
    watch(options, exchange, match?.route ?? null)
    if (match === null) {
      if (req.headers.expect !== undefined) res.writeContinue()
      otherwise(req, res)
      return
    }
    const routed = Object.assign(exchange, { params: match.params })
    match
      .handler(routed)
      .then((answer) => (answer === null ? undefined : send(routed, answer)))
      .catch((error: unknown) => {
        options.log.error({ err: error, req: exchange.id }, 'a request failed in a way nobody foresaw')
        return send(routed, { status: 500, body: 'internal error' })
      })
  }
  server.on('request', listen)
  server.on('checkContinue', (req, res) => {
    expectContinue(req, res)
    listen(req, res)
  })
  return server
}

function begin({ trust, publicURL }: ServerOptions, req: IncomingMessage, res: ServerResponse): Exchange {
  // Clients join a base that ends in a slash with a path that begins with one.
  req.url = (req.url ?? '/').replace(/^\/{2,}/, '/')
  const [path = '/', search = ''] = split(req.url)
  const id = randomUUID()
  res.setHeader('x-request-id', id)
  const exchange: Exchange = {
    req,
    res,
    id,
    path,
    query: new URLSearchParams(search),
    params: {},
    origin: originOf(req, trust, publicURL),
    principal: null,
  }
  exchanges.set(req, exchange)
  return exchange
}

function split(url: string): [string, string] {
  const mark = url.indexOf('?')
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)]
}

/** One log line a request, never with a query (links carry secrets there) or a header. */
function watch({ log, observe }: ServerOptions, exchange: Exchange, route: string | null): void {
  const { req, res, id, path } = exchange
  const start = performance.now()
  res.once('close', () => {
    const ms = Math.round(performance.now() - start)
    const cut = !res.writableFinished
    const line = {
      req: id,
      method: req.method,
      path,
      status: res.statusCode,
      ms,
      user: exchange.principal?.userName,
    }
    log.info(cut ? { ...line, cut } : line, 'request')
    if (route !== null) observe?.(route, req.method ?? '', res.statusCode, ms / 1000)
  })
}
