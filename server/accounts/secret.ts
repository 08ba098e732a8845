import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits as text that fits headers, cookies and URLs. */
export const newSecret = (prefix = ''): string => prefix + randomBytes(32).toString('base64url')

/** A random secret needs no slow hash: nobody guesses 256 bits. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Compares in constant time, whatever the lengths. */
export const equals = (left: string, right: string): boolean =>
  timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest())

/** Signs and checks the parts of links that are made to be handed on. */
export function createSigner(secret: string) {
  // JSON keeps the parts apart: ['a', 'bc'] and ['ab', 'c'] sign differently.
  const sign = (parts: readonly (string | number)[]): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify(parts.map(String)))
      .digest('base64url')
  return {
    sign,
    verify: (parts: readonly (string | number)[], signature: string): boolean =>
      equals(sign(parts), signature),
  }
}
