/** Our own API: sessions of every protocol, records, accounts and events. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { Room } from '#http'
import { redeemLink } from './accounts.ts'
import { type API, BASE } from './api.ts'
import { PROBLEM, problemOf } from './errors.ts'
import { EventStreams } from './events.ts'
import { routes } from './route-schemas.ts'
import { mountRoutes } from './routes.ts'

export function slipwayRoom(api: API): Room {
  const events = new EventStreams(api)
  return {
    name: 'slipway',
    async routes(app) {
      await app.register(async (scope) => {
        scope.setValidatorCompiler(validatorCompiler)
        scope.setSerializerCompiler(serializerCompiler)
        scope.addHook('preClose', async () => events.close())
        await scope.register(async (own) => mountAPI(own, api, events), { prefix: BASE })
        mountLink(scope, api)
      })
    },
  }
}

const NOTHING = Object.assign(new Error('there is nothing at this path'), { statusCode: 404 })

function mountAPI(own: FastifyInstance, api: API, events: EventStreams): void {
  const parse = own.getDefaultJsonParser('error', 'error')
  own.removeContentTypeParser('application/json')
  own.addContentTypeParser('application/json', { parseAs: 'string' }, (req, body, done) => {
    // Some clients name the type even where they send nothing.
    if (body === '') done(null, undefined)
    else void parse(req, body as string, done)
  })
  own.setErrorHandler(answerProblem)
  own.setNotFoundHandler((req, reply) => answerProblem(NOTHING, req, reply))
  own.addHook('onSend', async (_req, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  })
  mountRoutes(own, api, events)
  // The web app's files are looked for at every path that no route has.
  own.route({
    method: ['GET', 'HEAD'],
    url: '/*',
    schema: { hide: true },
    handler: (req, reply) => answerProblem(NOTHING, req, reply),
  })
}

function answerProblem(error: unknown, req: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { problem, headers } = problemOf(error)
  if (problem.status >= 500) req.log.error({ err: error }, 'a request failed')
  return reply
    .code(problem.status)
    .headers(headers)
    .type(PROBLEM)
    .serializer((value: unknown) => JSON.stringify(value))
    .send(problem)
}

/** `/sign-in?token=…`, the link that is printed at the first start. The page itself is the web app's. */
function mountLink(scope: FastifyInstance, api: API): void {
  scope.get<{ Querystring: { token?: string } }>(
    '/sign-in',
    { schema: routes.redeemLink },
    async (req, reply) => {
      const { token } = req.query
      if (token === undefined || token === '') return reply.callNotFound()
      // A browser that only looks ahead must not use it up.
      if (/prefetch|prerender/.test(String(req.headers['sec-purpose'] ?? ''))) return reply.code(503).send()
      const { location, cookie } = await redeemLink(api, req.raw, token)
      if (cookie !== null) reply.header('set-cookie', cookie)
      return reply
        .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
        .redirect(location, 303)
    },
  )
}
