import { describe, expect, test } from 'vitest'
import { fingerprint } from './fingerprint.ts'

const file = { name: 'a b.pdf', type: 'application/pdf', size: 5, lastModified: 7, relativePath: null }
const target = { table: 'C_Order', record: 'u-1', name: 'SO-1', location: 'ATTACHMENT' as const }

describe('fingerprint', () => {
  test('is the same for the same user, place and file', () => {
    expect(fingerprint('ann', target, file)).toBe(
      fingerprint('ann', { ...target, name: 'renamed' }, { ...file }),
    )
  })

  test.each([
    ['another user', fingerprint('bob', target, file)],
    ['another record', fingerprint('ann', { ...target, record: 'u-2' }, file)],
    ['another table', fingerprint('ann', { ...target, table: 'C_Invoice' }, file)],
    ['another location', fingerprint('ann', { ...target, location: 'IMAGE' }, file)],
    ['no record', fingerprint('ann', null, file)],
    ['another folder', fingerprint('ann', target, { ...file, relativePath: 'x/a b.pdf' })],
    ['another case of the name', fingerprint('ann', target, { ...file, name: 'A b.pdf' })],
    ['another date', fingerprint('ann', target, { ...file, lastModified: 8 })],
    ['another size', fingerprint('ann', target, { ...file, size: 6 })],
  ])('differs for %s', (_, other) => {
    expect(other).not.toBe(fingerprint('ann', target, file))
  })

  test('keeps its parts apart whatever they contain', () => {
    const one = fingerprint('ann', null, { ...file, name: 'a~b', type: 'c' })
    const two = fingerprint('ann', null, { ...file, name: 'a', type: 'b~c' })
    expect(one).not.toBe(two)
  })
})
