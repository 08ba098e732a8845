import { invalid } from '#errors'
import type { ChecksumAlgorithm, Promised, RequestDigest } from '#sessions'
import type { TusMessage } from './headers.ts'

/** What `Tus-Checksum-Algorithm` lists. */
export const ALGORITHMS: readonly ChecksumAlgorithm[] = ['sha1', 'sha256', 'md5', 'crc32']

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
  const algorithm = ALGORITHMS.find((known) => known === name.toLowerCase())
  if (algorithm === undefined) {
    throw invalid('Upload-Checksum', `names "${name}", but only ${ALGORITHMS.join(', ')} are known here`)
  }
  return { algorithm, value: Buffer.from(encoded, 'base64') }
}
