import { describe, expect, test } from 'vitest'
import type { Session, Status } from '../api/types.ts'
import { contradicts, type Facts, isVerified, reasonOf, stateOf } from './state.ts'

const SHA = 'ab'.repeat(32)

const facts = (some: Partial<Facts> = {}): Facts => ({
  started: true,
  paused: false,
  delivered: false,
  problem: null,
  online: true,
  waitingFor: null,
  checking: false,
  declaring: false,
  digest: null,
  session: null,
  ...some,
})

const session = (status: Status, some: Partial<Session> = {}): Session => ({
  id: 's',
  protocol: 'tus',
  owner: 'ann',
  fileName: 'a',
  contentType: null,
  size: 1,
  received: 1,
  sha256: null,
  verified: null,
  location: 'ATTACHMENT',
  target: { table: 'T', record: 'r', name: 'R' },
  status,
  failure: null,
  warning: null,
  createdAt: '',
  updatedAt: '',
  expiresAt: null,
  completedAt: null,
  uploadUrl: null,
  links: {},
  ...some,
})

describe('stateOf', () => {
  test.each<[string, Partial<Facts>]>([
    ['waiting', { started: false }],
    ['uploading', {}],
    ['checking', { checking: true }],
    ['verifying', { declaring: true }],
    ['verifying', { delivered: true }],
    ['paused', { paused: true, online: false }],
    ['offline', { online: false, waitingFor: 'server' }],
    ['offline', { online: false, started: false }],
    ['server away', { waitingFor: 'server' }],
    ['signed out', { waitingFor: 'sign-in' }],
    ['no room', { waitingFor: 'room' }],
    ['verifying', { session: session('PROCESSING') }],
    ['filed', { session: session('COMPLETED') }],
    ['stored', { session: session('COMPLETED', { target: null }) }],
    ['failed', { session: session('FAILED') }],
    ['failed', { session: session('CANCELED') }],
    ['failed', { problem: { reason: 'r', advice: 'a' }, paused: true }],
  ])('is %s for %o', (state, some) => {
    expect(stateOf(facts(some))).toBe(state)
  })

  test('never calls a file filed whose digest differs from ours', () => {
    const done = session('COMPLETED', { sha256: SHA, verified: null })
    const mine = facts({ session: done, digest: 'cd'.repeat(32) })
    expect(stateOf(mine)).toBe('failed')
    expect(reasonOf(mine)?.reason).toContain('SHA-256 differs')
  })
})

describe('verified', () => {
  test('needs equal digests on both sides', () => {
    const done = session('COMPLETED', { sha256: SHA })
    expect(isVerified(done, null)).toBe(false)
    expect(isVerified(done, SHA)).toBe(true)
    expect(isVerified({ ...done, verified: true }, null)).toBe(true)
    expect(isVerified(session('PROCESSING', { sha256: SHA }), SHA)).toBe(false)
  })

  test('a false word of the server contradicts, whatever we computed', () => {
    expect(contradicts(session('COMPLETED', { sha256: SHA, verified: false }), SHA)).toBe(true)
  })
})

test('the reason of the server is shown for a failed session', () => {
  const failed = facts({ session: session('FAILED', { failure: 'the disk broke' }) })
  expect(reasonOf(failed)?.reason).toBe('the disk broke')
})
