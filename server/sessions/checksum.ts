import { createHash, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** Digests a client may promise for the bytes of one request. */
export type ChecksumAlgorithm = 'sha1' | 'sha256' | 'sha512' | 'md5' | 'crc32'

export interface Checksum {
  update(bytes: Uint8Array): unknown
  digest(): Buffer
}

/** `crc32` is four bytes, big-endian. */
export function createChecksum(algorithm: ChecksumAlgorithm): Checksum {
  if (algorithm !== 'crc32') return createHash(algorithm)
  let value = 0
  return {
    update: (bytes) => {
      value = crc32(bytes, value)
    },
    digest: () => {
      const out = Buffer.alloc(4)
      out.writeUInt32BE(value)
      return out
    },
  }
}

/** What a client says of the bytes of one request. */
export interface Promised {
  readonly algorithm: ChecksumAlgorithm
  readonly value: Buffer
}

/**
 * The digests of one request. `expected` is asked once, when the body is whole: a trailer is known only then.
 * `algorithms` must hold every algorithm that `expected` may come to name.
 */
export interface RequestDigest {
  readonly algorithms: readonly ChecksumAlgorithm[]
  expected(): readonly Promised[]
}

export const equal = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)
