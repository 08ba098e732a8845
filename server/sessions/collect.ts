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
