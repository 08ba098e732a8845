import { describe, expect, test } from 'vitest'
import { ConfigError, help, readConfig, SETTINGS } from './config.ts'

const WRONG = {
  PORT: ['abc', '65536', '-1', ' 80'],
  SLIPWAY_MAX_SIZE: ['0', '1TiB', '99999999999999999999'],
  SLIPWAY_SESSION_TTL: ['24', '0s', '-3d', '1w', '36501d', '999999999d'],
  SLIPWAY_KORE_URL_TTL: ['x', '36501d'],
  SLIPWAY_STRICT: ['tus,foo', 'TUS'],
  SLIPWAY_SAMPLE: ['yes'],
  LOG_LEVEL: ['loud'],
  SLIPWAY_PUBLIC_URL: [
    'files.example.org',
    'https://',
    'https://x.org/path',
    'ftp://x.org',
    'https://user:secret@x.org',
    'https://x.org/?q',
    'https://x.org/#f',
  ],
  SLIPWAY_TRUST_PROXY: ['banana', '10.0.0.0/99', 'true,false', '10.0.0.1,'.concat('x')],
} as const

const complaint = (environment: Record<string, string>): string => {
  try {
    readConfig(environment)
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message
  }
}

describe.each(Object.entries(WRONG))('%s', (name, values) => {
  test.each(values)('"%s" is refused by name, with what was given and what is allowed', (value) => {
    const message = complaint({ [name]: value })
    expect(message).toContain(`${name}: "${value}" is not allowed; expected `)
    expect(message).not.toMatch(/invalid input|\n/i)
  })
})

test('every wrong setting is named at once, and no secret is shown', () => {
  const message = complaint({ PORT: 'x', LOG_LEVEL: 'y', SLIPWAY_API_KEY: 'the-secret' })
  expect(message).toMatch(/^PORT: .*\nLOG_LEVEL: [^\n]*$/)
})

test('what is right is read', () => {
  const config = readConfig({
    SLIPWAY_PUBLIC_URL: 'HTTPS://Files.example.org:8443/',
    SLIPWAY_TRUST_PROXY: 'loopback, 10.0.0.0/8, ::1',
    SLIPWAY_SESSION_TTL: '36500d',
    SLIPWAY_STRICT: 'tus, kore',
  })
  expect(config.publicURL).toBe('https://files.example.org:8443')
  expect(config.trustProxy).toEqual(['loopback', '10.0.0.0/8', '::1'])
  expect(new Date(Date.now() + (config.sessionTTL ?? 0)).toISOString()).toMatch(/^\d{4}-/)
  expect([...config.strict]).toEqual(['tus', 'kore'])
  expect(readConfig({ SLIPWAY_TRUST_PROXY: 'true' }).trustProxy).toBe(true)
  expect(readConfig({ SLIPWAY_TRUST_PROXY: 'false' }).trustProxy).toBe(false)
  expect(readConfig({}).publicURL).toBe(null)
})

test('the help lists every setting', () => {
  for (const name of Object.keys(SETTINGS)) expect(help()).toContain(`  ${name} `)
})
