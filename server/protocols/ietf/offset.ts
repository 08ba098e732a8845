import { invalid } from '#errors'
import type { Answer } from '#http'
import type { Call } from './call.ts'
import { isComplete, stateHeaders } from './state.ts'

/** Offset retrieval (draft, 4.3). A writer that fell silent is stopped first, so that the offset is the last word. */
export async function offset(call: Call): Promise<Answer> {
  refuseState(call)
  const session = await call.services.sessions.current(call.principal, call.id ?? '')
  const unknown = session.size === null || (session.size === 0 && session.firstChunk !== null)
  return {
    status: 204,
    headers: {
      ...stateHeaders(call, session, isComplete(session)),
      ...(unknown ? {} : { 'Upload-Length': String(session.size) }),
      // "SHOULD include the `Cache-Control` header field with the value `no-store`"
      'Cache-Control': 'no-store',
    },
  }
}

const STATE = ['Upload-Offset', 'Upload-Complete', 'Upload-Incomplete', 'Upload-Length']

/** Drafts to -05: "The server MUST reject requests with either of these fields by responding with a 400 (Bad Request)". */
export function refuseState({ fields, dialect }: Pick<Call, 'fields' | 'dialect'>): void {
  const found = STATE.find((name) => fields.has(name))
  if (dialect.bare && found !== undefined) throw invalid(found, 'does not belong on this request')
}
