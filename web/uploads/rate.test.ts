import { describe, expect, test } from 'vitest'
import { Rate } from './rate.ts'

const MB = 1_000_000

describe('Rate', () => {
  test('says nothing before it has seen two totals', () => {
    const rate = new Rate()
    expect(rate.speed(0)).toBeNull()
    rate.sample(5 * MB, 0)
    expect(rate.secondsLeft(10 * MB, 0)).toBeNull()
  })

  test('measures a steady flow', () => {
    const rate = new Rate()
    for (let second = 0; second <= 20; second += 1) rate.sample(second * MB, second * 1000)
    expect(rate.speed(20_000)).toBeCloseTo(MB, -3)
    expect(rate.secondsLeft(30 * MB, 20_000)).toBeCloseTo(10, 1)
  })

  test('does not count what was there before it began', () => {
    const rate = new Rate()
    rate.sample(500 * MB, 0)
    rate.sample(501 * MB, 1000)
    expect(rate.speed(1000)).toBe(MB)
  })

  test('fades in silence instead of promising a time', () => {
    const rate = new Rate()
    rate.sample(0, 0)
    rate.sample(10 * MB, 1000)
    expect(rate.speed(31_000)).toBeLessThan(MB / 5)
  })

  test('begins anew when the total falls, and after a reset', () => {
    const rate = new Rate()
    rate.sample(0, 0)
    rate.sample(10 * MB, 1000)
    rate.sample(MB, 2000)
    expect(rate.speed(2000)).toBeNull()
    rate.reset()
    expect(rate.secondsLeft(MB, 3000)).toBeNull()
  })
})
