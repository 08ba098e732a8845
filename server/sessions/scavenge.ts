import { collect } from './collect.ts'
import type { Core } from './core.ts'
import { ownerOf } from './layout.ts'

/** Objects looked at between two pauses of the event loop. */
const BATCH = 200

/**
 * Removes what a crash left of requests that wrote to an object of their own: the object is there, but no chunk and no
 * file refers to it. Looks only at objects last written before `before`, milliseconds, when nobody can still be writing.
 */
export async function scavenge(core: Core, before: number): Promise<number> {
  let found: string[] = []
  let count = 0
  const remove = async (): Promise<void> => {
    const left = found
    found = []
    count += left.length
    if (left.length > 0) await core.db.write((tx) => tx.files.discard(left))
    await collect(core, left)
  }
  for await (const object of core.store.apart(before)) {
    if (!(await isReferred(core, object))) found.push(object)
    if (found.length >= BATCH) await remove()
  }
  await remove()
  return count
}

async function isReferred(core: Core, object: string): Promise<boolean> {
  const owner = ownerOf(object)
  const chunks = await core.db.sessions.chunks(owner)
  if (chunks.some((chunk) => chunk.object === object)) return true
  const file = await core.db.files.get(owner)
  if (file?.segments?.some((segment) => segment.object === object) === true) return true
  return core.db.files.isHeld(object)
}
