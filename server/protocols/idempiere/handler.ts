import { Refusal } from '#errors'
import type { Answer, Exchange, Handler } from '#http'
import { type Call, identify } from './caller.ts'
import { assertAccepts } from './document.ts'
import { type About, answerFor, bare, concealed, Ended } from './errors.ts'
import { isPresigned } from './presign.ts'
import { isStrict, type Services } from './services.ts'

export type Verb<Request extends Exchange> = (services: Services, request: Request) => Promise<Answer | null>

/** A verb for whoever has a credential or a link. `failed` is the title of errors that have none of their own. */
export const authenticated = (services: Services, failed: string, verb: Verb<Call>): Handler =>
  guarded(services, failed, async (exchange) => verb(services, await identify(services, exchange)))

/** A verb that answers in JSON only. */
export const inJSON =
  (verb: Verb<Call>): Verb<Call> =>
  async (services, call) => {
    assertAccepts(call)
    return verb(services, call)
  }

/** A verb for anybody. */
export const open = (services: Services, failed: string, verb: Verb<Exchange>): Handler =>
  guarded(services, failed, (exchange) => verb(services, exchange))

function guarded(services: Services, failed: string, run: Handler): Handler {
  return async (exchange) => {
    const about = { failed, id: exchange.params.uploadId ?? '' }
    const answer = await run(exchange).catch((error: unknown) => refused(services, exchange, about, error))
    // "Failures stay 400 plain text that tells nothing."
    if (answer !== null && answer.status >= 400 && isPresigned(exchange.query)) return concealed
    return answer
  }
}

function refused(services: Services, exchange: Exchange, about: About, error: unknown): Answer {
  if (error instanceof Ended) return error.answer
  if (error instanceof Refusal) return answerFor(error, about, isStrict(services))
  services.log.error({ err: error, req: exchange.id }, 'a request failed in a way nobody foresaw')
  return bare(500)
}
