/** Our own API: sessions of every protocol, records, accounts, events, and its documentation. */

import swagger from '@fastify/swagger'
import swaggerUI from '@fastify/swagger-ui'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod'
import { type Room, SESSION_COOKIE } from '#http'
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
        await document(scope, api.version)
        await scope.register(async (own) => mountAPI(own, api, events), { prefix: BASE })
        mountLink(scope, api)
      })
    },
  }
}

function mountAPI(own: FastifyInstance, api: API, events: EventStreams): void {
  const parse = own.getDefaultJsonParser('error', 'error')
  own.removeContentTypeParser('application/json')
  own.addContentTypeParser('application/json', { parseAs: 'string' }, (req, body, done) => {
    // Some clients name the type even where they send nothing.
    if (body === '') done(null, undefined)
    else parse(req, body as string, done)
  })
  own.setErrorHandler(answerProblem)
  own.setNotFoundHandler((_req, reply) =>
    answerProblem(
      Object.assign(new Error('there is nothing at this path'), { statusCode: 404 }),
      _req,
      reply,
    ),
  )
  own.addHook('onSend', async (_req, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  })
  mountRoutes(own, api, events)
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

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

async function document(scope: FastifyInstance, version: string): Promise<void> {
  await scope.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Slipway',
        version,
        description:
          'Sessions of every protocol, records, accounts and events. Errors are RFC 9457 problem documents.',
      },
      components: {
        securitySchemes: {
          basic: { type: 'http', scheme: 'basic' },
          bearer: { type: 'http', scheme: 'bearer', description: 'a token or an API key' },
          key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
          browser: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
        },
      },
      security: [{ basic: [] }, { bearer: [] }, { key: [] }, { browser: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  await scope.register(swaggerUI, {
    routePrefix: '/docs',
    indexPrefix: '',
    staticCSP: POLICY,
    uiConfig: { deepLinking: true },
    logLevel: 'warn',
  })
  scope.get('/openapi.json', { schema: { hide: true } }, async () => scope.swagger())
}
