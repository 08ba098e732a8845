import type { Dictionary } from 'structured-headers'
import { invalid } from '#errors'
import type { Algorithm, ChecksumAlgorithm, Digests, Promised, RequestDigest, Session } from '#sessions'
import type { Fields } from './fields.ts'

/** Algorithms of RFC 9530 we answer for; the registry calls the rest deprecated or insecure. */
const ALGORITHMS = [
  { key: 'sha-256', name: 'sha256', bytes: 32 },
  { key: 'sha-512', name: 'sha512', bytes: 64 },
] as const satisfies readonly { key: string; name: Algorithm & ChecksumAlgorithm; bytes: number }[]

/**
 * `Content-Digest`: digests of this request's bytes, in its head or its trailer; undefined when there are none we know.
 * RFC 9530, 2: "A recipient MAY ignore any or all digests"; unknown algorithms are.
 */
export function contentDigest(fields: Fields, trailers: () => Fields): RequestDigest | undefined {
  const head = promised('Content-Digest', fields.dictionary('Content-Digest'))
  if (!announces(fields, 'content-digest')) {
    return head.length === 0
      ? undefined
      : { algorithms: head.map(({ algorithm }) => algorithm), expected: () => head }
  }
  return {
    algorithms: ALGORITHMS.map(({ name }) => name),
    expected: () => [...head, ...promised('Content-Digest', trailers().dictionary('Content-Digest'))],
  }
}

/** `Repr-Digest`: digests of the whole file. */
export function reprDigest(fields: Fields): Digests {
  if (announces(fields, 'repr-digest'))
    throw invalid('Repr-Digest', 'must come before the body, not after it')
  const values = promised('Repr-Digest', fields.dictionary('Repr-Digest'))
  return Object.fromEntries(values.map(({ algorithm, value }) => [algorithm, value.toString('hex')]))
}

const announces = (fields: Fields, trailer: string): boolean =>
  fields
    .text('Trailer')
    ?.split(',')
    .some((name) => name.trim().toLowerCase() === trailer) === true

function promised(field: string, members: Dictionary = new Map()): (Promised & { algorithm: Algorithm })[] {
  return ALGORITHMS.flatMap(({ key, name, bytes }) => {
    const value = members.get(key)?.[0]
    if (value === undefined) return []
    if (!(value instanceof ArrayBuffer) || value.byteLength !== bytes)
      throw invalid(field, `must give ${key} as ${bytes} bytes in base64 between colons`)
    return [{ algorithm: name, value: Buffer.from(value) }]
  })
}

/** `Want-Repr-Digest`: those we know, the preferred first. RFC 9530, 4: "0 means \"not acceptable\"". */
export function wantedDigests(fields: Fields): Algorithm[] {
  const members = fields.dictionary('Want-Repr-Digest') ?? new Map()
  const wanted = ALGORITHMS.flatMap(({ key, name }) => {
    const value: unknown = members.get(key)?.[0]
    if (value === undefined) return []
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 10)
      throw invalid('Want-Repr-Digest', 'must give each algorithm a whole number from 0 to 10')
    return value === 0 ? [] : [{ name, value }]
  })
  return wanted.sort((a, b) => b.value - a.value).map(({ name }) => name)
}

/** `Repr-Digest` of a complete upload with what was asked for; undefined when nothing of it is known. */
export function reprDigestOf({ computed }: Session, wanted: readonly Algorithm[]): string | undefined {
  const members = ALGORITHMS.flatMap(({ key, name }) => {
    const hex = wanted.includes(name) ? computed[name] : undefined
    return hex === undefined ? [] : [`${key}=:${Buffer.from(hex, 'hex').toString('base64')}:`]
  })
  return members.length === 0 ? undefined : members.join(', ')
}
