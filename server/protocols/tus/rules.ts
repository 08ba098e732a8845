import type { IncomingHttpHeaders } from 'node:http'
import { invalid, Refusal } from '#errors'
import type { Asked } from './headers.ts'

/** Refuses what no state of any upload could make possible, before anything is touched. */
export function assertPossible(method: string, asked: Asked, headers: IncomingHttpHeaders): void {
  if (method === 'PATCH') assertPatch(asked)
  if (method === 'POST') assertCreation(asked, headers)
}

function assertPatch({ isPatchType, offset }: Asked): void {
  // "All PATCH requests MUST use Content-Type: application/offset+octet-stream, otherwise the server SHOULD return a 415"
  if (!isPatchType) throw wrongType()
  if (offset === null) throw invalid('Upload-Offset', 'is missing: it says where these bytes belong')
}

function assertCreation(asked: Asked, headers: IncomingHttpHeaders): void {
  const { length, defersLength, hasBody, isPatchType } = asked
  if (asked.concat?.kind === 'final') {
    assertFinal(asked)
    return
  }
  // "The Client MUST include the Content-Type: application/offset+octet-stream header" (Creation With Upload)
  if (hasBody && !isPatchType) throw wrongType()
  if (length === null && !defersLength)
    throw invalid('Upload-Length', 'is missing, and Upload-Defer-Length too')
  if (length !== null && defersLength) {
    throw invalid('Upload-Defer-Length', 'says that the length comes later, but Upload-Length is there')
  }
  const announced = Number(headers['content-length'] ?? 0)
  if (length === null || announced <= length) return
  const why = `the body has ${announced} bytes, but the upload is declared to have ${length}`
  throw new Refusal('LENGTH_EXCEEDED', why, { limit: length })
}

/** "The Client MUST NOT include the Upload-Length header in the final upload creation." (Concatenation) */
function assertFinal({ length, defersLength, hasBody }: Asked): void {
  if (length !== null)
    throw invalid('Upload-Length', 'has no place at a final upload, whose length is that of its parts')
  if (defersLength) throw invalid('Upload-Defer-Length', 'has no place at a final upload')
  if (hasBody)
    throw invalid('Upload-Concat', 'makes a final upload of stored parts, but this request brings bytes')
}

const wrongType = (): Refusal =>
  invalid('Content-Type', 'must be application/offset+octet-stream where bytes of an upload are sent')
