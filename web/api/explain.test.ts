import { describe, expect, test } from 'vitest'
import { explain, sentence } from './explain.ts'
import { Problem, problemOf, secondsOf } from './problem.ts'

describe('explain', () => {
  test('every known status says what happened and what to do', () => {
    for (const status of [0, 401, 403, 404, 410, 413, 429, 460, 500, 507]) {
      const { reason, advice } = explain(new Problem(status, 'x', 'raw detail'))
      expect(reason).not.toContain('raw detail')
      expect(advice.length).toBeGreaterThan(10)
    }
  })

  test('the code of the problem goes before its status', () => {
    expect(explain(new Problem(403, 'cross-site', '')).reason).toContain('another site')
  })

  test('an unknown refusal is quoted as a sentence', () => {
    expect(explain(new Problem(400, 'invalid', 'the name is too long.')).reason).toBe('The name is too long')
  })
})

test('a problem is read from the answer, or from its status alone', async () => {
  const full = await problemOf(
    new Response('{"code":"too-large","detail":"over 1 GiB"}', {
      status: 413,
      headers: { 'retry-after': '3' },
    }),
  )
  expect(full).toMatchObject({ status: 413, code: 'too-large', message: 'over 1 GiB', retryAfter: 3 })
  expect(await problemOf(new Response('<html>', { status: 502 }))).toMatchObject({ code: 'http-502' })
})

test('Retry-After is seconds or a date', () => {
  expect(secondsOf('120')).toBe(120)
  expect(secondsOf(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50)
  expect(secondsOf(null)).toBeNull()
  expect(secondsOf('soon')).toBeNull()
})

test('an empty text is still a sentence', () => expect(sentence(' ')).toBe('Something went wrong'))
