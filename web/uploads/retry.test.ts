import { describe, expect, test } from 'vitest'
import { retryDelays, verdict } from './retry.ts'

describe('verdict', () => {
  test.each([0, 500, 502, 503, 504])('waits for the server after %i', (status) => {
    expect(verdict('PATCH', status, null)).toMatchObject({ retry: true, wait: 'server' })
  })

  test.each([400, 403, 405, 412, 413, 415, 460])('takes %i for final', (status) => {
    expect(verdict('PATCH', status, null)).toEqual({ retry: false })
  })

  test('waits for the user to sign in again', () => {
    expect(verdict('PATCH', 401, null)).toMatchObject({ retry: true, wait: 'sign-in' })
  })

  test('waits for room as long as the server says', () => {
    expect(verdict('PATCH', 507, 40)).toEqual({ retry: true, wait: 'room', seconds: 40 })
    expect(verdict('PATCH', 507, null)).toMatchObject({ wait: 'room' })
  })

  test('slows down when told to', () => {
    expect(verdict('POST', 429, 7)).toEqual({ retry: true, wait: 'moment', seconds: 7 })
  })

  test.each([404, 409, 410, 423])('asks again where an upload stands after %i', (status) => {
    expect(verdict('PATCH', status, null)).toMatchObject({ retry: true })
  })

  test('a creation refused because of its record is final', () => {
    expect(verdict('POST', 404, null)).toEqual({ retry: false })
  })

  test('a deletion is never repeated', () => {
    expect(verdict('DELETE', 503, null)).toEqual({ retry: false })
  })
})

test('delays grow to half a minute and last for weeks', () => {
  const delays = retryDelays()
  expect(delays[0]).toBeLessThan(1000)
  expect(Math.max(...delays.slice(0, 50))).toBe(30_000)
  const days = delays.reduce((sum, delay) => sum + delay, 0) / 86_400_000
  expect(days).toBeGreaterThan(28)
})
