import type { Principal } from '#accounts'
import type { Entry } from '#records'
import type { Session } from '#sessions'
import type { Services } from './services.ts'

/** The image that the completion of a session made; null when there is none (any more). */
export async function imageOf(
  { records }: Services,
  caller: Principal,
  session: Session,
): Promise<Entry | null> {
  const { id, location, status, completedAt } = session
  if (location !== 'IMAGE' || status !== 'COMPLETED') return null
  const { entries } = await records.entries(caller, { session: id, kind: 'IMAGE', table: null })
  // Copies of it are images of the same session, too, but younger.
  return entries.find(({ createdAt }) => createdAt === completedAt) ?? null
}
