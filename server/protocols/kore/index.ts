import type { Exchange, Room } from '#http'
import { withCORS } from './cors.ts'
import { errorAnswer, internalError } from './errors.ts'
import { isOurs, route } from './routes.ts'
import type { Services } from './services.ts'

/** Kore.ai's file upload API: `/api/public/files…`, `/api/getMediaStream/…`. */
export function koreRoom(services: Services): Room {
  const handle = async (exchange: Exchange) => {
    try {
      const answer = await route(services, exchange)
      return answer === null ? null : withCORS(answer)
    } catch (error) {
      const answer = errorAnswer(error)
      if (answer === null) services.log.error({ err: error, req: exchange.id }, 'kore: a request failed')
      return withCORS(answer ?? internalError())
    }
  }
  return {
    name: 'kore',
    bytes: (routes) => routes.match((_, path) => (isOurs(path) ? handle : null)),
  }
}
