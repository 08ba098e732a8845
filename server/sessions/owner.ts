import type { Core } from './core.ts'

/**
 * The user who began a session, by the id alone: for links that are made to be handed on, where knowing the id (or a
 * signature over it) is the credential. Null when there is no such session.
 */
export async function ownerOf(core: Core, id: string): Promise<string | null> {
  return (await core.db.sessions.get(id))?.owner ?? null
}
