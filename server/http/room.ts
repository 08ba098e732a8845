import type { FastifyInstance } from 'fastify'
import type { ByteRoutes } from './byte-routes.ts'

/**
 * A protocol as the composition root mounts it. Routes that carry bytes, or whose requests no framework must touch, are
 * byte routes; the rest may be a plugin: a scope of its own with its own parsers, hooks and error form.
 */
export interface Room {
  readonly name: string
  bytes?(routes: ByteRoutes): void
  routes?(app: FastifyInstance): Promise<void>
}
