import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import type { Accounts, Principal } from '#accounts'
import type { Config } from '#config'
import type { Trust } from '#http'
import type { Records } from '#records'
import type { Sessions } from '#sessions'

/** What this room works with. */
export interface Services {
  readonly sessions: Sessions
  readonly records: Records
  readonly accounts: Accounts
  readonly config: Config
  readonly log: Logger
  readonly trust: Trust
  authenticate(req: IncomingMessage): Promise<Principal | null>
}
