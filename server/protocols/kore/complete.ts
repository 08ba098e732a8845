import { type Answer, type Exchange, json } from '#http'
import { closed, type Session } from '#sessions'
import { caller, sessionOf } from './caller.ts'
import { uploaded } from './link.ts'
import type { Services } from './services.ts'

/** `POST …/{sessionId}/complete`; content type and body are ignored. */
export async function complete(services: Services, exchange: Exchange, id: string): Promise<Answer> {
  const principal = await caller(services, exchange)
  const session = await sessionOf(services, principal, id)
  const done = await services.sessions.complete(principal, session.id)
  return answer(services, exchange, done)
}

export function answer(services: Services, { origin }: Exchange, session: Session): Answer {
  if (session.status !== 'COMPLETED') throw closed(session)
  return json(200, uploaded(services, session, origin))
}
