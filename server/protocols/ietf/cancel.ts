import type { Answer } from '#http'
import type { Call } from './call.ts'
import { refuseState } from './offset.ts'
import { versionField } from './state.ts'

/** Upload cancellation (draft, 4.5). Whoever is still sending is stopped. */
export async function cancel(call: Call): Promise<Answer> {
  refuseState(call)
  await call.services.sessions.cancel(call.principal, call.id ?? '')
  return { status: 204, headers: versionField(call.dialect) }
}
