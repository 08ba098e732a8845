import type { Target } from '../api/types.ts'

interface Picked {
  name: string
  type: string
  size: number | null
  lastModified: number
  relativePath: string | null
}

/**
 * What makes two uploads the same one: the user, where it is to be filed, and the
 * file's outward marks. Its content is compared before a byte is sent (prefix.ts),
 * since two files may share all of these.
 */
export function fingerprint(user: string, target: Target | null, file: Picked): string {
  const marks = [
    user,
    target?.table ?? '',
    target?.record ?? '',
    target?.location ?? '',
    file.relativePath ?? '',
    file.name,
    file.type,
    file.size ?? '',
    file.lastModified,
  ]
  return marks.map((mark) => encodeURIComponent(String(mark))).join('&')
}
