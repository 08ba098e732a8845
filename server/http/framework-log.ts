import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'

/** pino's number for `warn` */
const WARN = 40

/**
 * What the web framework may say: what goes wrong, never a query (links carry secrets there). Requests are logged once,
 * by the server in front of it.
 */
export function frameworkLog(log: Logger): FastifyBaseLogger {
  const level = log.levelVal > WARN ? log.level : 'warn'
  const req = ({ method, url }: FastifyRequest) => ({ method, path: url.split('?', 1)[0] })
  return log.child({}, { level, serializers: { req } })
}
