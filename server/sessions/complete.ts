import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import { assertTakesBytes, authorize } from './access.ts'
import type { Core } from './core.ts'
import { finish } from './finish.ts'
import type { Session } from './session.ts'

/** So many missing numbers are named; a list of millions helps nobody. */
const NAMED = 10_000

/**
 * Ends an upload in numbered chunks: every chunk of `totalChunks` must be there (where it is known) and their sum must
 * be the declared size (where it is known). Asked again, it answers the same.
 * @throws Refusal INCOMPLETE (`missing` names the chunks), LENGTH_MISMATCH; the upload stays open then.
 */
export async function complete(core: Core, principal: Principal, id: string): Promise<Session> {
  const session = await authorize(core, principal, id, 'write')
  if (session.status === 'COMPLETED' || session.status === 'PROCESSING') return finish(core, session)
  assertTakesBytes(session, core.clock.now())
  const ready = await core.db.write(async (tx) => {
    const now = await tx.sessions.get(id)
    if (now === null || now.status === 'COMPLETED' || now.status === 'PROCESSING') return now
    assertTakesBytes(now, core.clock.now())
    if (now.totalChunks !== null && now.chunkCount < now.totalChunks)
      throw incomplete(now, await tx.sessions.chunks(id))
    assertSum(now)
    return tx.sessions.update(
      id,
      { status: [now.status] },
      {
        status: 'PROCESSING',
        size: now.received,
        updatedAt: core.clock.now(),
      },
    )
  })
  if (ready === null) return authorize(core, principal, id, 'write')
  core.events.publish('changed', ready)
  return finish(core, ready)
}

function incomplete({ firstChunk, totalChunks }: Session, chunks: readonly { number: number }[]): Refusal {
  const stored = new Set(chunks.map(({ number }) => number))
  const missing: number[] = []
  const first = firstChunk ?? 0
  for (let number = first; number < first + (totalChunks ?? 0) && missing.length < NAMED; number += 1) {
    if (!stored.has(number)) missing.push(number)
  }
  return new Refusal('INCOMPLETE', `chunks are missing: ${missing.join(', ')}`, { missing })
}

function assertSum({ size, received }: Session): void {
  if (size === null || size === received) return
  throw new Refusal('LENGTH_MISMATCH', `${size} bytes were declared, but ${received} have arrived`, {
    expected: size,
    received,
  })
}
