import swagger from '@fastify/swagger'
import swaggerUI from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { SESSION_COOKIE } from './authentication.ts'

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/**
 * `/openapi.json` and its pages at `/docs`: every route with a schema that is registered after this, whichever room it
 * is of. A room may describe its byte routes by routes of the same paths, which no request reaches.
 */
export async function openAPI(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Slipway',
        version,
        description:
          'Sessions of every protocol, records, accounts and events. Errors of the own API are RFC 9457 problem documents.',
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
    transform: (route) =>
      route.schema === undefined ? { schema: { hide: true }, url: route.url } : jsonSchemaTransform(route),
    transformObject: jsonSchemaTransformObject,
  })
  await app.register(swaggerUI, {
    routePrefix: '/docs',
    indexPrefix: '',
    staticCSP: POLICY,
    uiConfig: { deepLinking: true },
    logLevel: 'warn',
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}
