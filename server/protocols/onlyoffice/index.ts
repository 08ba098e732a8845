import { Refusal } from '#errors'
import type { Answer, Exchange, Room } from '#http'
import { preflight, withCORS } from './answers.ts'
import { APIError, apiError, handlerError } from './errors.ts'
import { isAPI, route } from './routes.ts'
import type { Services } from './services.ts'
import { isUploader, uploader } from './uploader.ts'

/** ONLYOFFICE upload sessions: `/api/2.0/…`, `…/ChunkedUploader.ashx`, `…/filehandler.ashx`. */
export function onlyofficeRoom(services: Services): Room {
  const unforeseen = (error: unknown, exchange: Exchange): null => {
    services.log.error({ err: error, req: exchange.id }, 'onlyoffice: a request failed')
    return null
  }
  const chunks = async (exchange: Exchange): Promise<Answer> => {
    if (exchange.req.method === 'OPTIONS') return withCORS(preflight())
    try {
      return withCORS(await uploader(services, exchange))
    } catch (error) {
      return withCORS(handlerError(error instanceof Refusal ? error : unforeseen(error, exchange)))
    }
  }
  const api = async (exchange: Exchange): Promise<Answer | null> => {
    try {
      const answer = await route(services, exchange)
      return answer === null ? null : withCORS(answer)
    } catch (error) {
      const known = error instanceof Refusal || error instanceof APIError
      return withCORS(apiError(known ? error : unforeseen(error, exchange)))
    }
  }
  return {
    name: 'onlyoffice',
    bytes: (routes) =>
      routes.claim((_, path) => {
        if (isUploader(path)) return chunks
        return isAPI(path) ? api : null
      }),
  }
}
