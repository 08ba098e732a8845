import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import type { Body, Session } from '#sessions'
import type { Services } from './services.ts'

/**
 * Receives a file in one body and hands it to `keep`. Whatever fails, the broken body included, leaves nothing behind.
 * @throws Refusal CUT
 */
export async function receiveWhole<T>(
  { sessions, log }: Services,
  principal: Principal,
  id: string,
  body: Body,
  keep: (session: Session) => Promise<T>,
): Promise<T> {
  try {
    const { session, whole } = await sessions.append(principal, id, { offset: 0, body, completes: 'now' })
    if (!whole)
      throw new Refusal('CUT', 'the request ended before its body was whole; nothing of it was kept')
    return await keep(session)
  } catch (error) {
    await sessions.cancel(principal, id).catch((reason: unknown) => {
      if (!(reason instanceof Refusal)) log.error({ err: reason }, 'nuxeo: a broken upload was not removed')
    })
    throw error
  }
}
