import { type Exchange, header } from '#http'
import { NuxeoError } from './errors.ts'

const INT = 2 ** 31

/** Contract, section 2: "exactly `chunked` → chunked; anything else … → normal". */
export const isChunked = ({ req }: Exchange): boolean => header(req, 'x-upload-type') === 'chunked'

export interface ChunkHeaders {
  readonly index: number
  readonly count: number
  /** declared length of the whole file, bytes; never checked */
  readonly size: number
}

/** @throws NuxeoError 400 when one of the three is missing or no number */
export function chunkHeaders({ req }: Exchange): ChunkHeaders {
  const index = whole(header(req, 'x-upload-chunk-index'), INT)
  const count = whole(header(req, 'x-upload-chunk-count'), INT)
  const size = whole(header(req, 'x-file-size'), 2 ** 63)
  if (index !== null && count !== null && size !== null) return { index, count, size }
  throw new NuxeoError(
    400,
    'X-Upload-Chunk-Index, X-Upload-Chunk-Count and X-File-Size headers must be numbers',
  )
}

function whole(text: string | undefined, beyond: number): number | null {
  if (text === undefined || !/^[+-]?\d{1,19}$/.test(text)) return null
  const value = Number(text)
  return value >= -beyond && value < beyond ? value : null
}

/**
 * The decoded file name; null when none was sent. Contract, section 2: "form-style URL decoding, UTF-8: `%XX` and `+` →
 * space"; bytes that are not ASCII are taken as they are.
 * @throws NuxeoError 400
 */
export function fileName({ req }: Exchange): string | null {
  const given = header(req, 'x-file-name')
  if (given === undefined) return null
  if (/%(?![0-9a-f]{2})/i.test(given))
    throw new NuxeoError(400, 'X-File-Name holds a % that is not followed by two hexadecimal digits')
  const bytes = given
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  const name = utf8(bytes)
  if (name === null) throw new NuxeoError(400, 'X-File-Name is not UTF-8')
  if (name.includes('\0')) throw new NuxeoError(400, 'X-File-Name must not hold a NUL')
  return name
}

/** Node hands the bytes of a header over as Latin-1. */
function utf8(bytes: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return null
  }
}

/** The media type as it was sent; null when none was. @throws NuxeoError 400 when no header could carry it back */
export function fileType({ req }: Exchange): string | null {
  const given = header(req, 'x-file-type')
  if (given === undefined || given === '') return null
  if (/^[\t\x20-\x7e]*$/.test(given)) return given
  throw new NuxeoError(400, 'X-File-Type must be ASCII')
}

/** Contract, section 2: "`Content-Type` is irrelevant except `multipart/form-data` → 400". */
export function refuseForm({ req }: Exchange): void {
  const type = header(req, 'content-type') ?? ''
  if (!/^\s*multipart\/form-data\b/i.test(type)) return
  throw new NuxeoError(400, 'Content-Type multipart/form-data is not supported here: send the bytes alone')
}

/** Contract, section 1: `uploadedSize` is "the Content-Length header of this request; "-1" if there was none". */
export const uploadedSize = ({ req }: Exchange): string => header(req, 'content-length') ?? '-1'

/** Contract, section 2: `X-File-Size` is ignored where a file comes in one go; its owner is told that it is wrong. */
export function sizeWarning({ req }: Exchange, length: number | null): string | null {
  const said = whole(header(req, 'x-file-size'), 2 ** 63)
  if (said === null || length === null || said === length) return null
  return `${said} bytes were declared, but ${length} have arrived`
}

/** Contract, section 2: "only `true` (any case) keeps the batch". */
export const keepsBatch = ({ req }: Exchange): boolean =>
  header(req, 'x-batch-no-drop')?.toLowerCase() === 'true'
