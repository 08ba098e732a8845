import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, basic, startServer, type TestServer } from '#testing/server.ts'
import { call } from './support.ts'

let server: TestServer
const PASSWORD = 'correct horse battery staple'

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.dispose())

test('with a password no link is printed', () => {
  expect(server.output()).toContain('Sign in')
  expect(server.output()).not.toContain('token=')
})

const signIn = (userName = 'admin', password = PASSWORD, headers = {}) =>
  call(server, 'POST', '/sign-in', { body: { userName, password }, headers })
const cookieOf = (headers: Headers): string => headers.get('set-cookie')?.split(';')[0] ?? ''
const me = (headers: object) => call(server, 'GET', '/me', { headers })

describe('a browser', () => {
  test('signs in, stays signed in over a restart, and signs out', async () => {
    const { status, headers, body } = await signIn()
    expect(status).toBe(200)
    expect(body.user).toMatchObject({ userName: 'admin', roles: ['admin'], tenant: 'main' })
    expect(headers.get('set-cookie')).toMatch(
      /^slipway_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d{7}$/,
    )
    const cookie = cookieOf(headers)
    server = await server.restart()
    expect((await me({ cookie })).body.user).toEqual(body.user)
    const out = await call(server, 'POST', '/sign-out', { headers: { cookie } })
    expect([out.status, cookieOf(out.headers)]).toEqual([204, 'slipway_session='])
    expect((await me({ cookie })).status).toBe(401)
  })

  test('is told the same of a wrong password and of an unknown name', async () => {
    const [wrong, unknown] = [await signIn('admin', 'wrong'), await signIn('nobody', 'wrong')]
    expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null])
    expect(wrong.body).toEqual(unknown.body)
    expect(wrong.body).toMatchObject({ code: 'unauthenticated', status: 401 })
    expect(wrong.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    // A browser that is offered Basic asks by itself.
    expect(wrong.headers.get('www-authenticate')).not.toMatch(/basic/i)
  })

  test('cannot be made to sign in, or to change anything, by another site', async () => {
    const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    expect((await signIn('admin', PASSWORD, elsewhere)).body.code).toBe('cross-site')
    const cookie = cookieOf((await signIn()).headers)
    const attempt = await call(server, 'POST', '/keys', {
      body: { name: 'x' },
      headers: { cookie, ...elsewhere },
    })
    expect([attempt.status, attempt.body.code]).toEqual([403, 'cross-site'])
    expect((await call(server, 'GET', '/keys')).body.keys).toEqual([])
    const tus = await fetch(`${server.origin}/files`, {
      method: 'POST',
      headers: { cookie, origin: 'https://evil.example', 'tus-resumable': '1.0.0', 'upload-length': '1' },
    })
    expect(tus.status).toBe(403)
    const own = await call(server, 'POST', '/keys', {
      body: { name: 'own' },
      headers: { cookie, 'sec-fetch-site': 'same-origin', origin: server.origin },
    })
    expect(own.status).toBe(201)
  })

  test('stays signed in where it changes its password, and nowhere else', async () => {
    await addUser(server, 'zoe')
    const before = 'zoe has a long password'
    const [here, there] = [await signIn('zoe', before), await signIn('zoe', before)]
    const headers = { cookie: cookieOf(here.headers) }
    const wrong = await call(server, 'POST', '/me/password', {
      headers,
      body: { current: 'no', password: 'pa"ß:wörd' },
    })
    expect([wrong.status, wrong.body.field]).toEqual([400, 'current'])
    const changed = await call(server, 'POST', '/me/password', {
      headers,
      body: { current: before, password: 'pa"ß:wörd' },
    })
    expect(changed.status).toBe(204)
    expect((await me({ cookie: cookieOf(changed.headers) })).status).toBe(200)
    expect((await me({ cookie: cookieOf(there.headers) })).status).toBe(401)
    expect((await me({ authorization: basic('zoe', before) })).status).toBe(401)
    expect((await me({ authorization: basic('zoe', 'pa"ß:wörd') })).body.user.userName).toBe('zoe')
  })
})

describe('too many wrong passwords', () => {
  test('are refused for that name, with a time to wait; right ones and bad tokens never are', async () => {
    await addUser(server, 'bo')
    const tries = []
    for (let count = 0; count < 12; count += 1) tries.push(await signIn('bo', `wrong ${count}`))
    expect(tries.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429, 429])
    expect(Number(tries[11]?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(tries[11]?.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(tries[11]?.body.code).toBe('throttled')
    const authorization = basic('bo', 'bo has a long password')
    expect((await me({ authorization })).status).toBe(429)
    expect((await signIn()).status).toBe(200)
    for (let count = 0; count < 15; count += 1) {
      expect((await me({ authorization: 'Bearer nonsense' })).status).toBe(401)
      expect((await me({ authorization: server.authorization })).status).toBe(200)
    }
  })
})

describe('a program', () => {
  test('uses the key from the environment, in every habit, from the first request on', async () => {
    for (const headers of [
      { 'x-api-key': server.key },
      { authorization: `Bearer ${server.key}` },
      { authorization: server.key },
      { 'x-authentication-token': server.key },
      { cookie: `asc_auth_key=${server.key}` },
    ])
      expect((await me(headers)).body.user.userName).toBe('admin')
  })

  test('uses a token of any protocol everywhere', async () => {
    const ask = async (path: string) => {
      const response = await fetch(`${server.origin}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userName: 'admin', password: PASSWORD }),
      })
      return { status: response.status, body: await response.json() }
    }
    const idempiere = await ask('/api/v1/auth/tokens')
    expect(idempiere.status).toBe(200)
    const onlyoffice = await ask('/api/2.0/authentication')
    expect(onlyoffice.status).toBe(201)
    for (const token of [idempiere.body.token, onlyoffice.body.response.token])
      for (const headers of [
        { authorization: `Bearer ${token}` },
        { authorization: token },
        { cookie: `asc_auth_key=${token}` },
      ])
        expect((await me(headers)).body.user.userName).toBe('admin')
  })

  test('is refused with nonsense, whatever it is', async () => {
    for (const headers of [
      {},
      { authorization: '' },
      { authorization: 'Basic' },
      { authorization: 'Basic %%%%' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer a b c' },
      { authorization: 'Negotiate abc' },
      { 'x-api-key': '' },
      { 'x-api-key': 'slk_nonsense' },
      { cookie: 'slipway_session=%E0%A4%A; asc_auth_key' },
    ])
      expect((await me(headers)).status, JSON.stringify(headers)).toBe(401)
  })
})

describe('without a password', () => {
  test('the printed link signs in once, and a new one is printed at each start', async () => {
    let fresh = await startServer({ SLIPWAY_ADMIN_PASSWORD: '', SLIPWAY_API_KEY: '' })
    try {
      const link = await printed(fresh)
      const first = await call(fresh, 'GET', link, { headers: { 'sec-purpose': 'prefetch' } })
      expect([first.status, first.headers.get('set-cookie')]).toEqual([503, null])
      const used = await call(fresh, 'GET', link)
      expect([used.status, used.headers.get('location')]).toEqual([303, '/'])
      const headers = { cookie: cookieOf(used.headers) }
      expect((await call(fresh, 'GET', '/me', { headers })).body.user.userName).toBe('admin')
      const again = await call(fresh, 'GET', link)
      expect([again.headers.get('location'), again.headers.get('set-cookie')]).toEqual([
        '/?signin=used',
        null,
      ])

      fresh = await fresh.restart()
      const second = await printed(fresh)
      expect(second).not.toBe(link)
      const body = { current: '', password: 'set now' }
      expect((await call(fresh, 'POST', '/me/password', { headers, body })).status).toBe(204)
      expect((await call(fresh, 'GET', second)).headers.get('location')).toBe('/?signin=used')
    } finally {
      await fresh.dispose()
    }
  }, 60_000)
})

async function printed(from: TestServer): Promise<string> {
  const link = () => /\/sign-in\?token=\S+/.exec(from.output())?.[0] ?? ''
  await expect.poll(link).not.toBe('')
  return link()
}
