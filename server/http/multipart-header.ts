import { invalid } from '#errors'

/**
 * The header of one part as a strict parser wants it, from what clients send:
 * `attachment` is taken as `form-data` (curl says so when the request has a content type of its own), a `;` too many at
 * the end is dropped, and so are control characters. The part named `file` is a file even when it has no file name.
 * @throws Refusal INVALID
 */
export function tolerated(block: string, file: string | null): string {
  const fields = new Map(lines(block).map(split))
  const disposition = fields.get('content-disposition')?.replace(/^[^;\s]*/, known)
  if (disposition === undefined) throw invalid('multipart', 'has a part without a content-disposition')
  const type = fields.get('content-type')
  if (type?.toLowerCase().startsWith('multipart/') === true)
    throw invalid('multipart', 'must not hold another multipart inside a part')
  const named = /;\s*name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(disposition)
  const isFile = file !== null && (named?.[1] ?? named?.[2]) === file
  const out = new Map(fields).set('content-disposition', disposition.replace(/[;\s]+$/, ''))
  // The parser takes a part for a file when it has a file name or this type.
  if (isFile && !/;\s*filename\*?\s*=/i.test(disposition)) out.set('content-type', 'application/octet-stream')
  return [...out].map(([name, value]) => `${name}: ${value}\r\n`).join('')
}

const known = (kind: string): string => {
  if (/^(form-data|attachment|file)$/i.test(kind)) return 'form-data'
  throw invalid('multipart', `has a part that is "${kind.slice(0, 50)}" instead of form-data`)
}

/** RFC 2822, 2.2.3: a line that begins with white space continues the one before. */
const lines = (block: string): string[] =>
  block
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .filter((line) => line !== '')

function split(line: string): [string, string] {
  const colon = line.indexOf(':')
  const name = line.slice(0, colon).trim().toLowerCase()
  if (colon < 1 || !/^[!#$%&'*+.^_`|~\w-]+$/.test(name))
    throw invalid('multipart', 'has a part header that cannot be read')
  // Bytes above 127 belong to UTF-8 text, which is read as Latin-1 here.
  const value = line.slice(colon + 1).replace(/(?!\t|[\x80-\x9f])\p{Cc}/gu, '')
  return [name, value.trim()]
}
