/** tus 1.0.0 with every extension, on `/files` (https://tus.io/protocols/resumable-upload). */

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import type { Answer, Exchange } from '#http'
import type { Sessions } from '#sessions'
import type { Call } from './call.ts'
import { ALGORITHMS } from './checksum.ts'
import { newSession } from './create.ts'
import { Engine } from './engine.ts'
import { answerTo, type Log, plain } from './errors.ts'
import { readHeaders } from './headers.ts'
import { assertPossible } from './rules.ts'
import { SessionStore } from './store.ts'
import { describe } from './upload-headers.ts'

export { readMetadata } from './metadata.ts'

export interface TusServices {
  readonly sessions: Sessions
  authenticate(req: IncomingMessage): Promise<Principal | null>
  readonly config: {
    /** bytes */
    readonly maxSize: number
    /** ms; null: a day */
    readonly sessionTTL: number | null
    readonly publicURL: string | null
    readonly trustProxy: boolean | readonly string[]
  }
  readonly log: Log
}

const DAY = 86_400_000
const VERSION = '1.0.0'

export function tusProtocol(services: TusServices) {
  const { sessions, config, log } = services
  const life = config.sessionTTL ?? DAY
  const store = new SessionStore(sessions, life)
  // A relative URL is right behind every proxy; an absolute one only where the operator says who we are to the public.
  const isPublic = config.publicURL !== null || config.trustProxy !== false
  const locationOf = ({ exchange, id }: Call): string => `${isPublic ? exchange.origin : ''}/files/${id}`
  const engine = new Engine({ store, maxSize: config.maxSize, locationOf })

  async function answer(exchange: Exchange): Promise<Answer> {
    const { req } = exchange
    if (req.headers['tus-resumable'] !== VERSION) return wrongVersion()
    const asked = readHeaders(req)
    const principal = await services.authenticate(req)
    exchange.principal = principal
    if (principal === null) throw new Refusal('UNAUTHENTICATED', 'this needs a credential')
    const method = req.method ?? ''
    assertPossible(method, asked, req.headers)
    const call: Call = { exchange, principal, asked, id: exchange.params.id ?? randomUUID(), session: null }
    try {
      if (method === 'POST' && asked.concat?.kind === 'final')
        return await concatenate(call, asked.concat.parts)
      return describe(await engine.ask(call, method), call, method)
    } catch (error) {
      if (method === 'POST') return await afterFailedCreation(call, error)
      throw error
    }
  }

  /** Not the engine's: it takes no creation without a length, and a final upload has none to declare. */
  async function concatenate(call: Call, parts: readonly string[]): Promise<Answer> {
    await sessions.concatenate(call.principal, newSession(call, life), parts)
    return { status: 201, headers: { location: locationOf(call) } }
  }

  /** Bytes that came with a creation were refused: nothing of it stays, unless it can go on once there is room. */
  async function afterFailedCreation(call: Call, error: unknown): Promise<Answer> {
    const { session, principal, id } = call
    if (session === null) throw error
    if (error instanceof Refusal && error.code === 'NO_SPACE') {
      const refused = answerTo(error)
      return { ...refused, headers: { ...refused.headers, location: locationOf(call) } }
    }
    if (error instanceof Refusal && error.code !== 'FILE_DIGEST_MISMATCH')
      await sessions.cancel(principal, id)
    throw error
  }

  return {
    handle: async (exchange: Exchange): Promise<Answer> => {
      const answered = await answer(exchange).catch((error: unknown) => {
        if (!(error instanceof Refusal)) log.error({ err: error, req: exchange.id }, 'a tus request failed')
        return answerTo(error)
      })
      return { ...answered, headers: { ...answered.headers, 'tus-resumable': VERSION } }
    },
    options: async (): Promise<Record<string, string>> => ({
      ...(await engine.capabilities()),
      'tus-checksum-algorithm': ALGORITHMS.join(','),
    }),
  }
}

/**
 * "If the version specified by the Client is not supported by the Server, it MUST respond with the 412 Precondition
 * Failed status and MUST include the Tus-Version header into the response. In addition, the Server MUST NOT process the
 * request." (Tus-Resumable)
 */
const wrongVersion = (): Answer =>
  plain(412, `a tus request needs the header Tus-Resumable: ${VERSION}`, { 'tus-version': VERSION })
