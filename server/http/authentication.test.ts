import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Accounts, Principal } from '#accounts'
import { Refusal } from '#errors'
import { createAuthentication } from './authentication.ts'
import { compileTrust } from './origin.ts'

const principal: Principal = { tenant: 'main', userID: 'u', userName: 'zoë', roles: ['user'] }
const asked: unknown[] = []
const refuse = (): never => {
  throw new Refusal('UNAUTHENTICATED', 'no')
}
const accounts = {
  signIn: async (attempt: { userName: string; password: string; address: string }) => {
    asked.push(attempt)
    return attempt.userName === 'zoë' && attempt.password === 'pä:ss' ? principal : refuse()
  },
  bearer: async (secret: string) => (secret === 'good' ? principal : refuse()),
  browser: async (secret: string) => (secret === 'good' ? principal : null),
} as unknown as Accounts

const ask = (headers: Record<string, string>, method = 'GET', trustProxy: boolean | string[] = false) =>
  createAuthentication({ accounts, trust: compileTrust(trustProxy), publicURL: 'https://files.example.org' })(
    {
      method,
      headers: { host: '127.0.0.1:1080', ...headers },
      socket: { remoteAddress: '127.0.0.1' },
    } as unknown as IncomingMessage,
  )
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

describe('credentials', () => {
  it.each([
    ['HTTP Basic in UTF-8', basic('zoë:pä:ss')],
    ['Bearer', { authorization: 'Bearer good' }],
    ['bearer, lower case and spaces', { authorization: 'bearer   good ' }],
    ['a token without a scheme', { authorization: 'good' }],
    ['an API key', { 'x-api-key': 'good' }],
    ['a Nuxeo token', { 'x-authentication-token': 'good' }],
    ['an ONLYOFFICE cookie', { cookie: 'other=1; asc_auth_key=good' }],
    ['a browser cookie', { cookie: 'slipway_session=good; x' }],
    ['a quoted cookie', { cookie: 'slipway_session="good"' }],
  ])('%s', async (_, headers) => expect(await ask(headers as Record<string, string>)).toBe(principal))

  it.each([
    ['none', {}],
    ['another cookie', { cookie: 'x=good' }],
    ['a browser session that is over', { cookie: 'slipway_session=old' }],
  ])('%s is nobody', async (_, headers) => expect(await ask(headers as Record<string, string>)).toBeNull())

  it.each([
    ['a wrong password', basic('zoë:x')],
    ['Basic without a colon', basic('zoë')],
    ['Basic that is no base64', { authorization: 'Basic %%%' }],
    ['Basic and nothing', { authorization: 'Basic' }],
    ['Bearer and nothing', { authorization: 'Bearer ' }],
    ['nothing at all', { authorization: '' }],
    ['another scheme', { authorization: 'Digest username="x"' }],
    ['bytes', { authorization: '\u00ff\u00fe' }],
    ['a wrong key', { 'x-api-key': 'bad' }],
    ['an empty key', { 'x-api-key': '' }],
    ['a wrong Nuxeo token', { 'x-authentication-token': 'bad' }],
    ['a wrong ONLYOFFICE cookie', { cookie: 'asc_auth_key=%E0%A4%A' }],
    ['a wrong header beside a good cookie', { authorization: 'Bearer bad', cookie: 'slipway_session=good' }],
  ])('%s is refused', async (_, headers) => {
    await expect(ask(headers as Record<string, string>)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})

describe('a cookie on a request that changes something', () => {
  const cookie = 'slipway_session=good'
  it.each([
    ['from our own page', { cookie, 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:1080' }],
    ['typed by the user', { cookie, 'sec-fetch-site': 'none' }],
    ['from a browser on plain HTTP', { cookie, origin: 'http://127.0.0.1:1080' }],
    ['by the public origin', { cookie, origin: 'https://files.example.org' }],
    ['by a program', { cookie }],
  ])('%s', async (_, headers) => expect(await ask(headers as Record<string, string>, 'POST')).toBe(principal))

  it.each([
    ['another site', { cookie, 'sec-fetch-site': 'cross-site' }],
    ['a sibling site', { cookie, 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1080' }],
    ['another origin', { cookie, origin: 'http://127.0.0.1:9' }],
    ['an opaque origin', { cookie, origin: 'null' }],
    ['another site, ONLYOFFICE', { cookie: 'asc_auth_key=good', origin: 'http://evil.example' }],
  ])('%s is refused', async (_, headers) => {
    const attempt = ask(headers as Record<string, string>, 'DELETE')
    await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN', facts: { what: 'cross-site' } })
  })

  it('does not matter where the credential is no cookie, or nothing changes', async () => {
    const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'http://evil.example' }
    expect(await ask({ ...elsewhere, 'x-api-key': 'good' }, 'POST')).toBe(principal)
    expect(await ask({ ...elsewhere, cookie })).toBe(principal)
  })
})

describe('the address that is throttled', () => {
  const forwarded = { ...basic('zoë:pä:ss'), 'x-forwarded-for': '203.0.113.9' }
  it('is that of the connection', async () => {
    await ask(forwarded)
    expect(asked.at(-1)).toMatchObject({ address: '127.0.0.1' })
  })

  it('is what a trusted proxy says', async () => {
    await ask(forwarded, 'GET', ['loopback'])
    expect(asked.at(-1)).toMatchObject({ address: '203.0.113.9' })
  })
})
