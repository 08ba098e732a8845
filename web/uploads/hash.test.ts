import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { sha256Of } from './hash.ts'

const MIB = 1024 * 1024
const bytes = Buffer.alloc(9 * MIB + 17, 'slipway')
const digest = (part: Uint8Array) => createHash('sha256').update(part).digest('hex')

describe('sha256Of', () => {
  test.each([0, 1, 4 * MIB, bytes.length])('hashes %i bytes', async (size) => {
    expect(await sha256Of(new Blob([bytes.subarray(0, size)]))).toBe(digest(bytes.subarray(0, size)))
  })

  test.each([0, 1, 4 * MIB, 5 * MIB + 3, bytes.length])(
    'tells the prefix of %i on the way',
    async (length) => {
      const prefixes: string[] = []
      const whole = await sha256Of(new Blob([bytes]), {
        checkpoint: length,
        onCheckpoint: (sha256) => prefixes.push(sha256),
      })
      expect(prefixes).toEqual([digest(bytes.subarray(0, length))])
      expect(whole).toBe(digest(bytes))
    },
  )

  test('reports how far it is, up to the end', async () => {
    const seen: number[] = []
    await sha256Of(new Blob([bytes]), { onProgress: (hashed) => seen.push(hashed) })
    expect(seen).toEqual([4 * MIB, 8 * MIB, bytes.length])
  })
})
