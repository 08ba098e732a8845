import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import type { Accounts, Principal } from '#accounts'
import type { Config } from '#config'
import type { Exchange } from '#http'
import type { RecordRepository } from '#records'
import type { Sessions } from '#sessions'

/** What this room works with. */
export interface Services {
  readonly sessions: Sessions
  readonly accounts: Accounts
  readonly config: Config
  readonly log: Logger
  readonly db: { readonly records: Pick<RecordRepository, 'get' | 'list' | 'entries'> }
  authenticate(req: IncomingMessage): Promise<Principal | null>
}

/** One request of a known caller. */
export interface Call {
  readonly services: Services
  readonly exchange: Exchange
  readonly principal: Principal
  /** answer as the original does, quirks included (`SLIPWAY_STRICT=nuxeo`) */
  readonly strict: boolean
}
