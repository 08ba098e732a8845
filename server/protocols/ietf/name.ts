import { parse } from 'content-disposition'
import { invalid } from '#errors'
import type { Fields } from './fields.ts'

const TOKEN = "[\\w!#$%&'*+.^`|~-]+"
/** RFC 6266, 4.1 */
const DISPOSITION = new RegExp(
  `^${TOKEN}(?:\\s*;\\s*${TOKEN}\\s*=\\s*(?:${TOKEN}|"(?:[^"\\\\]|\\\\.)*"))*\\s*;?\\s*$`,
)
/** RFC 9110, 8.3.1 */
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}\\s*(?:;.*)?$`)
/** Media types that describe the message, not the file in it. */
const ENVELOPES = /^application\/(?:partial-upload|offset\+octet-stream)\b/i

/** The file name of a `Content-Disposition`, of whatever disposition type; null when it has none. */
export function fileName(fields: Fields): string | null {
  const text = fields.text('Content-Disposition')
  if (text === undefined) return null
  const wrong = invalid('Content-Disposition', 'must be a disposition type and parameters as in RFC 6266')
  if (!DISPOSITION.test(text)) throw wrong
  const { parameters } = parse(text)
  // What cannot be decoded is left out by the parser.
  if (parameters['filename*'] !== undefined && parameters.filename === undefined) throw wrong
  const name = parameters.filename ?? ''
  if (name === '') return null
  return parameters['filename*'] === undefined ? readable(name) : name
}

/** Header text is Latin-1; many clients send UTF-8 all the same. */
function readable(name: string): string {
  const bytes = Buffer.from(name, 'latin1')
  const utf8 = bytes.toString('utf8')
  return Buffer.from(utf8, 'utf8').equals(bytes) ? utf8 : name
}

/** The media type of the file; null when the request names none. */
export function mediaType(fields: Fields): string | null {
  const text = fields.text('Content-Type')?.trim()
  if (text === undefined || text === '') return null
  if (!MEDIA_TYPE.test(text)) throw invalid('Content-Type', 'must be a media type such as image/png')
  return ENVELOPES.test(text) ? null : text
}
