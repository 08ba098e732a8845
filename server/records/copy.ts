import { assertWriter, type Principal } from '#accounts'
import { invalid } from '#errors'
import { entryOf } from './access.ts'
import type { Core } from './core.ts'
import { place } from './place.ts'
import type { Destination, Entry, EntryKind } from './record.ts'

export interface EntryCopy extends Destination {
  readonly location: EntryKind
  /** name of the new entry (default: the old one's) */
  readonly name?: string
}

/**
 * Copies an entry to a record, by reference: no byte moves. An image or archive may stand free.
 * @throws Refusal FORBIDDEN (readers), INVALID, NOT_FOUND (`what` is `entry`, `table` or `record`)
 */
export async function copyEntry(
  core: Core,
  principal: Principal,
  key: string,
  { location, name, ...destination }: EntryCopy,
): Promise<Entry> {
  assertWriter(principal)
  assertDestination(location, destination)
  const now = core.clock.now()
  const { entry, garbage } = await core.db.write(async (tx) => {
    const from = await entryOf(tx.records, principal, key)
    return place(tx, {
      ...destination,
      tenant: principal.tenant,
      viewer: principal.userID,
      kind: location,
      file: from.file,
      name: name ?? from.name,
      contentType: from.contentType,
      session: from.session,
      createdBy: principal.userName,
      createdAt: now,
    })
  })
  await core.discard(garbage)
  return entry
}

function assertDestination(location: EntryKind, { table, record, document }: Destination): void {
  if (document !== undefined) return
  if ((table === null) !== (record === null)) throw invalid('record', 'and table must be given together')
  if (table === null && (location === 'ATTACHMENT' || location === 'CONTENT'))
    throw invalid('record', 'must be named, because what is no image or archive cannot stand alone')
}
