import { isAdmin, type Principal } from '#accounts'
import { notFound } from '#errors'
import { type Answer, json } from '#http'
import { NuxeoError } from './errors.ts'
import type { Call } from './services.ts'

/** A token for a device lives for years; ms */
const TOKEN = 365 * 24 * 60 * 60_000
const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' }

/** `POST /automation/login` */
export const login = ({ principal }: Call): Answer =>
  json(
    200,
    {
      'entity-type': 'login',
      username: principal.userName,
      isAdministrator: isAdmin(principal),
      groups: groupsOf(principal.roles),
    },
    JSON_TYPE,
  )

/** `GET /user/{name}`: oneself; anybody of the tenant for administrators. */
export async function user({ services, principal }: Call, name: string): Promise<Answer> {
  if (name === principal.userName) return json(200, userJSON(principal), JSON_TYPE)
  const users = isAdmin(principal) ? await services.accounts.listUsers(principal) : []
  const found = users.find(({ userName }) => userName === name)
  if (found === undefined) throw notFound('user', name)
  return json(200, userJSON(found), JSON_TYPE)
}

function userJSON({ userName, roles }: Pick<Principal, 'userName' | 'roles'>) {
  const groups = groupsOf(roles)
  return {
    'entity-type': 'user',
    id: userName,
    properties: {
      username: userName,
      firstName: '',
      lastName: '',
      company: '',
      email: '',
      groups,
    },
    extendedGroups: groups.map((name) => ({ name, label: name, url: `group/${name}` })),
    isAdministrator: roles.includes('admin'),
    isAnonymous: false,
    isPartial: false,
  }
}

const groupsOf = (roles: Principal['roles']): string[] =>
  roles.map((role) => ({ admin: 'administrators', user: 'members', reader: 'readers' })[role])

/** `GET /nuxeo/json/cmis`. Contract, section 8: `productVersion` "must match digits.digits". */
export const cmis = ({ exchange }: Call): Answer =>
  json(
    200,
    {
      default: {
        repositoryId: 'default',
        repositoryName: 'default',
        repositoryUrl: `${exchange.origin}/nuxeo/json/cmis/default`,
        rootFolderUrl: `${exchange.origin}/nuxeo/json/cmis/default/root`,
        vendorName: 'Slipway',
        productName: 'Slipway',
        productVersion: '2023.0',
        cmisVersionSupported: '1.1',
      },
    },
    JSON_TYPE,
  )

/** `GET /nuxeo/authentication/token`: a new token for the caller, as text. */
export async function token({ services, principal, exchange }: Call): Promise<Answer> {
  const { query } = exchange
  for (const name of ['applicationName', 'deviceId', 'permission'])
    if (!query.get(name)) throw new NuxeoError(400, `the query parameter ${name} is missing`)
  const issued = await services.accounts.issueToken(principal, TOKEN)
  return { status: 201, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: issued.token }
}
