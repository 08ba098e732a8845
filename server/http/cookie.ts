import type { IncomingMessage } from 'node:http'

/** The first cookie of that name; a value that is no percent-encoding counts as it is. */
export function cookie(req: IncomingMessage, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const mark = pair.indexOf('=')
    if (mark < 0 || pair.slice(0, mark).trim() !== name) continue
    const value = pair
      .slice(mark + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1')
    return decoded(value)
  }
  return undefined
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
