import { type Answer, type Exchange, json } from '#http'
import { assertTakesBytes, closed, isOpen, type Session } from '#sessions'
import { caller, sessionOf } from './caller.ts'
import type { Services } from './services.ts'

/** So many numbers are listed; a list of millions helps nobody. */
const LISTED = 10_000

/** `GET …/{sessionId}`, an extension: what to send again after an interruption. */
export async function state(services: Services, exchange: Exchange, id: string): Promise<Answer> {
  const principal = await caller(services, exchange)
  const session = await sessionOf(services, principal, id)
  assertAlive(session)
  const chunks = await services.sessions.chunks(principal, session.id)
  const stored = new Set(chunks.map(({ number }) => number))
  const missing: number[] = []
  const total = session.totalChunks ?? 0
  for (let number = 0; number < total && missing.length < LISTED; number += 1) {
    if (!stored.has(number)) missing.push(number)
  }
  return json(200, {
    sessionId: session.id,
    expirationDate: new Date(session.expiresAt).toISOString(),
    totalChunks: total,
    receivedChunks: [...stored],
    missingChunks: missing,
  })
}

/** `DELETE …/{sessionId}`, an extension: gives up an unfinished upload. */
export async function abort(services: Services, exchange: Exchange, id: string): Promise<Answer> {
  const principal = await caller(services, exchange)
  const session = await sessionOf(services, principal, id)
  assertTakesBytes(session, Date.now())
  await services.sessions.cancel(principal, session.id)
  return { status: 204 }
}

function assertAlive(session: Session): void {
  if (isOpen(session)) assertTakesBytes(session, Date.now())
  if (session.status === 'CANCELED' || session.status === 'FAILED') throw closed(session)
}
