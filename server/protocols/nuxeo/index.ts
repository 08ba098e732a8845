import type { Principal } from '#accounts'
import { type Answer, type Exchange, header, type Room } from '#http'
import { errorAnswer, exception, internalError } from './errors.ts'
import { isOurs, route, segmentsOf } from './routes.ts'
import type { Services } from './services.ts'

/** Nuxeo's batch upload, and the documents, blobs and log-in that its clients need: `/nuxeo/…`. */
export function nuxeoRoom(services: Services): Room {
  const strict = services.config.strict.has('nuxeo')
  const handle = async (exchange: Exchange): Promise<Answer | null> => {
    try {
      const principal = await identify(services, exchange)
      if (principal === null) return challenge(exchange, 'a user name and password, or a token, is needed')
      exchange.principal = principal
      return await route({ services, exchange, principal, strict }, segmentsOf(exchange.path))
    } catch (error) {
      const answer = errorAnswer(error)
      if (answer === null) services.log.error({ err: error, req: exchange.id }, 'nuxeo: a request failed')
      if (answer?.status === 401) return challenge(exchange, (error as Error).message)
      return answer ?? internalError()
    }
  }
  return {
    name: 'nuxeo',
    bytes: (routes) => routes.match((_, path) => (isOurs(path) ? handle : null)),
  }
}

/** Contract, section 7: a token comes in a header "(or `?token=`)". */
async function identify(services: Services, { req, query }: Exchange): Promise<Principal | null> {
  const token = query.get('token')
  const inHeader = header(req, 'authorization') ?? header(req, 'x-authentication-token')
  if (token !== null && inHeader === undefined) return services.accounts.bearer(token)
  return services.authenticate(req)
}

/** Contract, section 3: the challenge is "omitted when the request has X-Authentication-Token/X-No-Basic-Header or a Cookie". */
function challenge({ req }: Exchange, message: string): Answer {
  const silent = ['x-authentication-token', 'x-no-basic-header', 'cookie'].some(
    (name) => header(req, name) !== undefined,
  )
  return exception(401, message, silent ? {} : { 'www-authenticate': 'Basic realm="Nuxeo Automation"' })
}
