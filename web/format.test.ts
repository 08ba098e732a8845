import { describe, expect, test } from 'vitest'
import { bytes, duration, percent, relative, shortDigest } from './format.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1536, '1.5 KiB'],
  [8 * 1024 ** 2, '8.0 MiB'],
  [640 * 1024 ** 2, '640 MiB'],
  [1024 ** 4, '1.0 TiB'],
  [Number.NaN, '–'],
])('bytes(%d) is %s', (count, text) => {
  expect(bytes(count)).toBe(text)
})

test.each([
  [0, '0 s'],
  [59.6, '1 min'],
  [150, '2 min 30 s'],
  [3600, '1 h'],
  [11_100, '3 h 5 min'],
  [187_200, '2 d 4 h'],
])('duration(%d) is %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})

describe('percent', () => {
  test('an empty file is all there', () => expect(percent(0, 0)).toBe(100))
  test('never exceeds the whole', () => expect(percent(12, 10)).toBe(100))
})

test('relative speaks of the near past', () => {
  const now = Date.parse('2026-03-01T12:00:00Z')
  expect(relative('2026-03-01T11:59:57Z', now)).toBe('just now')
  expect(relative('2026-03-01T11:55:00Z', now)).toMatch(/5/)
  expect(relative(null, now)).toBe('–')
})

test('a short digest keeps both ends', () => {
  expect(shortDigest(`${'a'.repeat(8)}${'0'.repeat(48)}${'b'.repeat(8)}`)).toBe('aaaaaaaa…bbbbbbbb')
})
