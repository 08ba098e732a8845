import type { Core } from './core.ts'

/**
 * Removes objects that a commit made garbage. It never throws: the commit stands, and what is left over, by a crash too,
 * is found again in the list of garbage.
 */
export async function collect(core: Core, objects: readonly string[]): Promise<void> {
  if (objects.length === 0) return
  try {
    await core.store.remove(objects)
    await core.db.write((tx) => tx.files.forgetGarbage(objects))
  } catch (error) {
    core.report(error, objects[0] ?? '')
  }
}

/**
 * Removes what a request wrote and nothing refers to. The object that all requests of an upload write to goes only when
 * the upload is over and nobody reads it: it came back when a request that was late opened it again.
 */
export async function abandon(core: Core, session: string, object: string): Promise<void> {
  if (object !== session) return core.store.remove([object])
  await collect(core, await core.db.write((tx) => tx.files.release(session, [object])))
}
