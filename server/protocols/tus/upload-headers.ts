import type { Answer } from '#http'
import { isOpen, isPending, type Session } from '#sessions'
import type { Call } from './call.ts'

/** Adds to an answer of the engine what it does not know of the upload. */
export function describe(answer: Answer, { session }: Call, method: string): Answer {
  if (session === null || method === 'DELETE') return answer
  const headers = { ...answer.headers, ...expires(session) }
  if (method !== 'HEAD') return { ...answer, headers }
  const { metadata, concat } = session.attributes
  const { 'upload-offset': offset, ...others } = headers
  return {
    ...answer,
    headers: {
      ...others,
      // "The response to a HEAD request for a final upload SHOULD NOT contain the Upload-Offset header unless the
      // concatenation has been successfully finished."
      ...(isPending(session) || offset === undefined ? {} : { 'upload-offset': offset }),
      ...(typeof concat === 'string' ? { 'upload-concat': concat } : {}),
      // "its value as specified by the Client during the creation"
      ...(typeof metadata === 'string' ? { 'upload-metadata': metadata } : {}),
      ...(session.partial ? { 'upload-concat': 'partial' } : {}),
    },
  }
}

/**
 * "The value of the Upload-Expires header MUST be in RFC 7231 datetime format." Finished uploads never
 * expire, and pending ones live as long as their partial uploads.
 */
function expires(session: Session): Record<string, string> {
  return isOpen(session) && !isPending(session)
    ? { 'upload-expires': new Date(session.expiresAt).toUTCString() }
    : {}
}
