import type { FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { Room } from '#http'
import { DOCUMENTED } from './documentation.ts'
import { routes } from './routes.ts'
import type { Services } from './services.ts'

/** iDempiere REST uploads: `/api/v1/uploads`, `/api/v1/auth`, `/api/v1/models`. */
export const idempiereRoom = (services: Services): Room => ({
  name: 'idempiere',
  bytes: (bytes) => routes(services, bytes),
  routes: describe,
})

/** Describes the byte routes of this room in `/openapi.json`; no request ever reaches these. */
async function describe(app: FastifyInstance): Promise<void> {
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  for (const [route, schema] of Object.entries(DOCUMENTED)) {
    const [method = '', path = ''] = route.split(' ')
    app.route({ method, url: `/api/v1${path}`, schema, handler: (_req, reply) => reply.callNotFound() })
  }
}
