import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { addressOf, compileTrust } from './origin.ts'

const from = (remoteAddress: string, headers: Record<string, string>): IncomingMessage =>
  ({ headers, socket: { remoteAddress }, connection: { remoteAddress } }) as unknown as IncomingMessage
const proxy = compileTrust(['10.0.0.0/8'])

test.each([
  ['for=192.0.2.43', '192.0.2.43'],
  ['For="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17'],
  ['for=192.0.2.43:47011;proto=https;by=10.0.0.1', '192.0.2.43'],
  ['for=198.51.100.17, for=192.0.2.43, for=10.1.2.3;host=x', '192.0.2.43'],
  ['proto=https;for="_hidden"', '_hidden'],
])('Forwarded: %s comes from %s through a trusted proxy', (forwarded, address) => {
  expect(addressOf(from('10.0.0.1', { forwarded }), proxy)).toBe(address)
})

test('X-Forwarded-For counts where there is no Forwarded, and neither does of anybody else', () => {
  const headers = { 'x-forwarded-for': '192.0.2.43' }
  expect(addressOf(from('10.0.0.1', headers), proxy)).toBe('192.0.2.43')
  expect(addressOf(from('203.0.113.9', headers), proxy)).toBe('203.0.113.9')
  expect(addressOf(from('203.0.113.9', { forwarded: 'for=192.0.2.43' }), proxy)).toBe('203.0.113.9')
  expect(addressOf(from('10.0.0.1', { forwarded: 'proto=https' }), compileTrust(false))).toBe('10.0.0.1')
})
