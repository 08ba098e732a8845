import { randomUUID } from 'node:crypto'
import { invalid, notFound } from '#errors'
import type { Key } from './account.ts'
import type { Core } from './core.ts'
import type { Principal } from './principal.ts'
import { hashOf, newSecret } from './secret.ts'

/** Keys begin so, which lets scanners of leaked secrets know them. */
export const KEY_PREFIX = 'slk_'

/** Characters a key's name may have at most. */
const LONGEST = 255

/** Makes a key that acts as the caller. The key itself is in the answer and nowhere else. @throws Refusal INVALID */
export async function createKey(
  core: Core,
  caller: Principal,
  name: string,
): Promise<{ id: string; name: string; key: string }> {
  if (name.trim() === '' || name.length > LONGEST)
    throw invalid('name', `must have 1 to ${LONGEST} characters`)
  const secret = newSecret(KEY_PREFIX)
  const id = randomUUID()
  const key: Key = { id, user: caller.userID, name, hash: hashOf(secret), createdAt: core.clock.now() }
  await core.store.write((tx) => tx.insertKey(key))
  return { id, name, key: secret }
}

/** The caller's keys, oldest first. */
export const listKeys = (core: Core, caller: Principal): Promise<Key[]> => core.store.keys(caller.userID)

/** Ends one of the caller's keys at once. @throws Refusal NOT_FOUND */
export async function revokeKey(core: Core, caller: Principal, id: string): Promise<void> {
  const removed = await core.store.write((tx) => tx.removeKey(caller.userID, id))
  if (!removed) throw notFound('key', id)
}
