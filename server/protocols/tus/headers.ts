import type { IncomingHttpHeaders } from 'node:http'
import { invalid, Refusal } from '#errors'
import type { RequestDigest } from '#sessions'
import { readChecksum } from './checksum.ts'
import { type Concat, readConcat } from './concatenation.ts'
import { type Metadata, readMetadata } from './metadata.ts'

/** What a tus request says of itself, every header read and checked. */
export interface Asked {
  /** bytes */
  readonly offset: number | null
  /** bytes */
  readonly length: number | null
  readonly defersLength: boolean
  readonly metadata: Metadata
  readonly concat: Concat | null
  readonly digest: RequestDigest | undefined
  /** a body comes, or may come */
  readonly hasBody: boolean
  /** media type of the body is `application/offset+octet-stream` */
  readonly isPatchType: boolean
}

export interface TusMessage {
  readonly headers: IncomingHttpHeaders
  /** complete once the body has ended */
  readonly trailers: NodeJS.Dict<string>
}

/** @throws Refusal INVALID, TOO_LARGE: a header that is malformed is refused wherever it stands */
export function readHeaders(req: TusMessage): Asked {
  const { headers } = req
  const announced = headers['content-length']
  return {
    offset: integer(headers, 'Upload-Offset'),
    length: integer(headers, 'Upload-Length'),
    defersLength: defers(headers),
    metadata: readMetadata(one(headers, 'Upload-Metadata')),
    concat: readConcat(one(headers, 'Upload-Concat')),
    digest: readChecksum(req),
    hasBody: headers['transfer-encoding'] !== undefined || (announced !== undefined && Number(announced) > 0),
    // Parameters of a media type do not make it another one.
    isPatchType:
      headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === 'application/offset+octet-stream',
  }
}

function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()]
  return Array.isArray(value) ? value.join(', ') : value
}

/** "The value MUST be a non-negative integer." (Upload-Offset, Upload-Length) */
function integer(headers: IncomingHttpHeaders, name: string): number | null {
  const value = one(headers, name)
  if (value === undefined) return null
  if (!/^\d+$/.test(value)) throw invalid(name, `must be a whole number of bytes, not "${value}"`)
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  const limit = Number.MAX_SAFE_INTEGER
  throw new Refusal('TOO_LARGE', `${name} is ${value}, more bytes than any file can have here`, { limit })
}

/** "Its value MUST be 1. If the length of an upload is not deferred, this header MUST be omitted." */
function defers(headers: IncomingHttpHeaders): boolean {
  const value = one(headers, 'Upload-Defer-Length')
  if (value === undefined) return false
  if (value === '1') return true
  throw invalid('Upload-Defer-Length', `can only be 1, not "${value}"`)
}
