import { create } from 'content-disposition'

/** Percent-encoded characters a name may have in a header: beyond, clients refuse the whole answer. */
const LONGEST = 6000

/**
 * The one `Content-Disposition` of a download (RFC 6266), with the name in UTF-8 as `filename*` where ASCII will not do.
 */
export function dispositionOf(type: 'attachment' | 'inline', name: string): string {
  return create(shortened(safeName(name)), { type })
}

/** The name as a client may save it: only what would leave its folder, or break a header, is changed. */
export function safeName(name: string): string {
  const plain = name.toWellFormed().replace(/[/\\\p{Cc}]/gu, '_')
  return plain === '' || plain === '.' || plain === '..' ? '_' : plain
}

/** Cuts the stem of a monstrous name, never the extension. */
function shortened(name: string): string {
  if (encodeURIComponent(name).length <= LONGEST) return name
  const [extension = ''] = /\.[^.]{1,32}$/u.exec(name) ?? []
  const stem = [...name.slice(0, name.length - extension.length)]
  const room = LONGEST - encodeURIComponent(extension).length
  let used = 0
  const kept = stem.findIndex((letter) => {
    used += encodeURIComponent(letter).length
    return used > room
  })
  return stem.slice(0, kept < 0 ? undefined : kept).join('') + extension
}
