import { assertWriter, type Principal } from '#accounts'
import { Refusal } from '#errors'
import { type Destination, type Entry, type EntryKind, place } from '#records'
import { collect } from './collect.ts'
import type { Core } from './core.ts'
import { filing } from './finish.ts'
import { finished } from './read.ts'

export interface CopyRequest extends Destination {
  readonly location: EntryKind
  /** name of the entry (default: the file's) */
  readonly name?: string
}

/**
 * Copies a finished upload to a record, by reference: no byte moves, however large it is.
 * @throws Refusal INCOMPLETE, NOT_FOUND (`what`: session, table, record), FORBIDDEN
 */
export async function copy(
  core: Core,
  principal: Principal,
  id: string,
  request: CopyRequest,
): Promise<Entry> {
  const { session, file } = await finished(core, principal, id)
  assertWriter(principal)
  if (session.partial)
    throw new Refusal('CONFLICT', 'a partial upload is a building block and is not filed on a record')
  const by = { createdBy: principal.userName, viewer: principal.userID }
  const base = { ...filing(session, core.clock.now()), ...by, file }
  const { location, name, ...target } = request
  const filed = { ...base, ...target, kind: location, name: name ?? base.name }
  const { entry, garbage } = await core.db.write((tx) => place(tx, filed))
  await collect(core, garbage)
  return entry
}
