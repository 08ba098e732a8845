import type { Core } from './core.ts'
import { finish } from './finish.ts'

/**
 * Takes up completions that a crash or a failing disk interrupted between the last byte and COMPLETED. Called at start
 * and now and then after.
 */
export async function recover(core: Core): Promise<number> {
  const left = await core.db.sessions.processing()
  for (const session of left)
    await finish(core, session).catch((error: unknown) => core.report(error, session.id))
  return left.length
}
