import type { Principal } from '#accounts'
import { authorize } from './access.ts'
import type { Core } from './core.ts'
import type { Session } from './session.ts'

/** What a protocol may change of its own session without touching bytes or state. */
export interface Annotation {
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly fileName?: string | null
  readonly contentType?: string | null
  readonly totalChunks?: number
}

/** Changes what only the session's protocol understands; attributes are merged. */
export async function annotate(
  core: Core,
  principal: Principal,
  id: string,
  note: Annotation,
): Promise<Session> {
  await authorize(core, principal, id, 'write')
  const changed = await core.db.write(async (tx) => {
    const now = await tx.sessions.get(id)
    if (now === null) return null
    const attributes = { ...now.attributes, ...note.attributes }
    return tx.sessions.update(id, {}, { ...note, attributes, updatedAt: core.clock.now() })
  })
  return changed ?? authorize(core, principal, id, 'write')
}
