import { invalid } from '#errors'
import type { ChecksumAlgorithm, Promised, RequestDigest } from '#sessions'
import type { TusMessage } from './headers.ts'

/** What `Tus-Checksum-Algorithm` lists, and how many bytes each digest has. */
const LENGTHS = { sha1: 20, sha256: 32, md5: 16, crc32: 4 } as const satisfies Partial<
  Record<ChecksumAlgorithm, number>
>
export const ALGORITHMS = Object.keys(LENGTHS) as (keyof typeof LENGTHS)[]

/**
 * The digest a request promises for its body, in the header or in a trailer that the header `Trailer` announces.
 * @throws Refusal INVALID: "If the algorithm is not supported, 400 Bad Request" (Checksum)
 */
export function readChecksum({ headers, trailers }: TusMessage): RequestDigest | undefined {
  const inHeader = headers['upload-checksum']
  const announced = (headers.trailer ?? '').toLowerCase().split(',')
  const inTrailer = announced.some((name) => name.trim() === 'upload-checksum')
  if (inHeader === undefined && !inTrailer) return undefined
  const promised = typeof inHeader === 'string' ? [parse(inHeader)] : []
  return {
    algorithms: inTrailer ? ALGORITHMS : promised.map(({ algorithm }) => algorithm),
    // The trailer has arrived by the time the core asks: it asks when the body is whole.
    expected: () => (inTrailer ? [...promised, parse(trailers['upload-checksum'])] : promised),
  }
}

/** "The Upload-Checksum header MUST consist of the name of the used checksum algorithm and the Base64 encoded checksum separated by a space." */
function parse(value: string | undefined): Promised {
  if (value === undefined) throw invalid('Upload-Checksum', 'was announced as a trailer but did not come')
  const [, name = '', encoded = ''] = /^(\S+) +([A-Za-z0-9+/]+={0,2})$/.exec(value.trim()) ?? []
  if (name === '') throw invalid('Upload-Checksum', 'must be an algorithm, a space and a digest in Base64')
  const algorithm = ALGORITHMS.find((known) => known === name)
  if (algorithm === undefined) {
    throw invalid('Upload-Checksum', `names "${name}", but only ${ALGORITHMS.join(', ')} are known here`)
  }
  const digest = Buffer.from(encoded, 'base64')
  if (digest.length === LENGTHS[algorithm]) return { algorithm, value: digest }
  throw invalid(
    'Upload-Checksum',
    `has ${digest.length} bytes, but a digest of ${algorithm} has ${LENGTHS[algorithm]}`,
  )
}
