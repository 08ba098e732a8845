import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import type { Principal } from '#accounts'
import type { Config } from '#config'
import type { Exchange } from '#http'
import type { Sessions } from '#sessions'
import type { Metadata } from './description.ts'
import type { Fields } from './fields.ts'
import type { Dialect } from './versions.ts'

/** What this room needs of the rest. */
export interface Services {
  readonly sessions: Pick<Sessions, 'create' | 'append' | 'read' | 'current' | 'cancel'>
  /** @throws Refusal UNAUTHENTICATED, THROTTLED */
  authenticate(req: IncomingMessage): Promise<Principal | null>
  readonly config: Pick<Config, 'maxSize' | 'sessionTTL' | 'publicURL' | 'trustProxy' | 'strict'>
  /** reads `Upload-Metadata`; @throws Refusal INVALID */
  metadata(value: string | undefined): Metadata
  readonly log: Pick<Logger, 'error'>
}

/** One request, once it is known who makes it and how it speaks. */
export interface Call {
  readonly services: Services
  readonly exchange: Exchange
  readonly fields: Fields
  readonly dialect: Dialect
  readonly principal: Principal
  /** the upload it is about; null until one is created */
  id: string | null
}
