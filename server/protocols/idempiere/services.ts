import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import type { Accounts, Principal } from '#accounts'
import type { Config } from '#config'
import type { Trust } from '#http'
import type { Records } from '#records'
import type { Sessions } from '#sessions'

/** What this room needs of the rest. */
export interface Services {
  readonly sessions: Sessions
  readonly records: Records
  readonly accounts: Accounts
  /** null when there is no credential; throws UNAUTHENTICATED, THROTTLED, FORBIDDEN */
  readonly authenticate: (req: IncomingMessage) => Promise<Principal | null>
  readonly config: Config
  readonly log: Logger
  readonly trust: Trust
}

/** The original is answered for exactly, quirks included. */
export const isStrict = ({ config }: Services): boolean => config.strict.has('idempiere')
