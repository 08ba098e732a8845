import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import { type Answer, addressOf, type Exchange, json } from '#http'
import type { Call } from './caller.ts'
import { readDocument, text } from './document.ts'
import { Ended, problem } from './errors.ts'
import type { Services } from './services.ts'

export const FAILED = 'Authentication failed'

/** The one tenant and organization; ids as the original numbers them. */
const CLIENT = 1
const ORGANIZATION = { id: 0, name: '*' }
const ROLES = { admin: 1, user: 2, reader: 3 } as const

/** `POST v1/auth/tokens`: "200 with `token` (and the one tenant and role under `clients`)". */
export async function signIn({ accounts, trust }: Services, exchange: Exchange): Promise<Answer> {
  const document = await readDocument(exchange)
  if (document === null) throw new Ended(problem(400, FAILED, 'userName and password are missing'))
  const userName = text(document, 'userName')
  const password = text(document, 'password')
  if (userName === '') throw new Ended(problem(400, FAILED, 'userName is missing'))
  const caller = await accounts
    .signIn({ userName, password, address: addressOf(exchange.req, trust) })
    .catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'UNAUTHENTICATED')
        throw new Ended(problem(401, FAILED, error.message))
      throw error
    })
  exchange.principal = caller
  const { token } = await accounts.issueToken(caller)
  const clients = [{ id: CLIENT, name: caller.tenant, roles: [roleOf(caller)] }]
  return json(200, { clients, token })
}

/** `PUT v1/auth/tokens`: clients that choose tenant and role get a token for the only ones there are. */
export async function choose({ accounts }: Services, { caller }: Call): Promise<Answer> {
  const { token } = await accounts.issueToken(caller)
  return json(200, { userId: caller.userID, language: 'en_US', menuTreeId: 0, token })
}

export const roles = async (_: Services, { caller }: Call): Promise<Answer> =>
  json(200, { roles: [roleOf(caller)] })

export const organizations = async (): Promise<Answer> => json(200, { organizations: [ORGANIZATION] })

function roleOf({ roles: [role = 'reader'] }: Principal): { id: number; name: string } {
  return { id: ROLES[role], name: role }
}
