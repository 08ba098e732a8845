import { invalid } from '#errors'
import type { SessionQuery } from '#sessions'

/** The place of the last item of a page in its order. */
export interface Place {
  readonly order: SessionQuery['order']
  /** milliseconds since 1970 */
  readonly at: number
  readonly id: string
}

export const encodeCursor = ({ order, at, id }: Place): string =>
  Buffer.from(JSON.stringify([order, at, id])).toString('base64url')

/** @throws Refusal INVALID, for anything that `encodeCursor` did not make for this order */
export function decodeCursor(cursor: string, order: Place['order']): Place {
  const [kind, at, id] = read(cursor)
  const place = { order, at: at as number, id: id as string }
  if (kind === order && Number.isSafeInteger(at) && typeof id === 'string' && encodeCursor(place) === cursor)
    return place
  throw invalid('cursor', 'must be the nextCursor of a page of the same list')
}

function read(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
