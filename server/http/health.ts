import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/** What must answer for the server to be ready: resolves when it does, rejects with the reason when not. */
export type Probes = Readonly<Record<string, () => Promise<void>>>

/** A probe that takes longer has failed, ms. */
const PATIENCE = 3000

/** `/health/live` and `/health/ready`: no credential, no secret, not even the reason; that is in the log. */
export function mountHealth(app: FastifyInstance, probes: Probes): void {
  const never = { 'cache-control': 'no-store' }
  app.get('/health/live', async (_req, reply) => reply.headers(never).send({ status: 'up' }))
  app.get('/health/ready', async (req, reply) => {
    const outcomes = await Promise.all(
      Object.entries(probes).map(async ([name, probe]) => {
        const failure = await attempt(probe)
        if (failure !== null) req.log.error({ err: failure, probe: name }, 'not ready')
        return [name, failure === null ? 'up' : 'down'] as const
      }),
    )
    const ready = outcomes.every(([, state]) => state === 'up')
    const checks = Object.fromEntries(outcomes)
    return reply
      .code(ready ? 200 : 503)
      .headers(never)
      .send({ status: ready ? 'ready' : 'unavailable', checks })
  })
}

async function attempt(probe: () => Promise<void>): Promise<unknown> {
  const patience = new AbortController()
  const late = sleep(PATIENCE, 'late', { signal: patience.signal, ref: false })
  try {
    const outcome = await Promise.race([probe(), late])
    return outcome === 'late' ? new Error(`no answer within ${PATIENCE} ms`) : null
  } catch (error) {
    return error
  } finally {
    late.catch(() => undefined)
    patience.abort()
  }
}
