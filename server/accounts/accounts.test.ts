import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Accounts, createAccounts, type Principal } from './index.ts'
import { memoryStore } from './memory.ts'

const ADDRESS = '192.0.2.1'
let now = Date.UTC(2026, 0, 1)
const clock = { now: () => now }
const wish = { userName: 'admin', password: 'correct horse', apiKey: null }

let store: ReturnType<typeof memoryStore>
let accounts: Accounts
let admin: Principal

const start = (administrator: typeof wish | (Omit<typeof wish, 'password'> & { password: null })) =>
  createAccounts({ store, clock, administrator })
const signIn = (password: string, userName = 'admin', address = ADDRESS) =>
  accounts.signIn({ userName, password, address })
const wrong = (count: number, userName = 'admin', address = ADDRESS) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      signIn(`wrong ${index}`, userName, address).catch((error) => error.code as string),
    ),
  )

beforeEach(async () => {
  store = memoryStore()
  accounts = await start(wish)
  const { id = '' } = (await store.userByName('main', 'admin')) ?? {}
  admin = (await accounts.principal(id)) as Principal
})

describe('first administrator', () => {
  it('is installed once', async () => {
    accounts = await start(wish)
    expect(await accounts.listUsers(admin)).toHaveLength(1)
    expect(await signIn('correct horse')).toEqual({
      tenant: 'main',
      userID: admin.userID,
      userName: 'admin',
      roles: ['admin'],
    })
  })

  it('gets the password that the next start names, which ends their tokens', async () => {
    const { token } = await accounts.issueToken(admin)
    accounts = await createAccounts({ store, clock, administrator: { ...wish, password: 'new one' } })
    await expect(signIn('correct horse')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect((await signIn('new one')).userID).toBe(admin.userID)
    await expect(accounts.bearer(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('keeps password and tokens at a start that changes nothing', async () => {
    const { token } = await accounts.issueToken(admin)
    accounts = await start(wish)
    expect((await accounts.bearer(token)).userName).toBe('admin')
    accounts = await start({ ...wish, password: null })
    expect((await signIn('correct horse')).userName).toBe('admin')
  })

  it('has the API key given at start, as long as it is given', async () => {
    accounts = await createAccounts({ store, clock, administrator: { ...wish, apiKey: 'given-key' } })
    expect((await accounts.bearer('given-key')).userID).toBe(admin.userID)
    accounts = await start(wish)
    await expect(accounts.bearer('given-key')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('makes somebody administrator who was there before', async () => {
    await accounts.createUser(admin, { userName: 'bo', password: 'x', roles: ['user'] })
    accounts = await createAccounts({ store, clock, administrator: { ...wish, userName: 'bo' } })
    expect((await signIn('correct horse', 'bo')).roles).toEqual(['user', 'admin'])
  })
})

describe('one-time sign-in', () => {
  beforeEach(async () => {
    store = memoryStore()
    accounts = await start({ ...wish, password: null })
  })

  it('signs in once', async () => {
    const link = (await accounts.signInLink()) ?? ''
    const both = await Promise.all([accounts.redeemLink(link), accounts.redeemLink(link)])
    expect(both.filter((result) => result !== null)).toHaveLength(1)
    const issued = both.find((result) => result !== null)?.issued
    expect((await accounts.browser(issued?.token ?? ''))?.userName).toBe('admin')
    expect(await accounts.redeemLink(link)).toBeNull()
  })

  it('ends after a day, or when a new one is made', async () => {
    const first = (await accounts.signInLink()) ?? ''
    const second = (await accounts.signInLink()) ?? ''
    expect(await accounts.redeemLink(first)).toBeNull()
    now += 24 * 60 * 60_000 + 1
    expect(await accounts.redeemLink(second)).toBeNull()
  })

  it('is no token for anything else, and not made once there is a password', async () => {
    const link = (await accounts.signInLink()) ?? ''
    await expect(accounts.bearer(link)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await accounts.browser(link)).toBeNull()
    const { principal } = (await accounts.redeemLink(link)) ?? {}
    await accounts.changePassword(principal as Principal, { current: '', password: 'p', address: ADDRESS })
    expect(await accounts.signInLink()).toBeNull()
  })

  it('does not let anybody in without a password', async () => {
    await expect(signIn('')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})

describe('users', () => {
  it('are created by administrators alone', async () => {
    const bo = await accounts.createUser(admin, { userName: 'bo', password: 'secret' })
    expect(bo).toMatchObject({ userName: 'bo', roles: ['user'], tenant: 'main' })
    const principal = await signIn('secret', 'bo')
    const attempt = accounts.createUser.bind(null, principal, { userName: 'al', password: 'x' })
    await expect(attempt()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it.each(['Admin', 'ADMIN', 'ａｄｍｉｎ'])('refuses %s beside admin', async (userName) => {
    const attempt = accounts.createUser(admin, { userName, password: 'x' })
    await expect(attempt).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it.each(['', ' bo', 'b:o', 'b\no', 'b\u202eo', 'b\u200bo', 'x'.repeat(256)])(
    'refuses the name %j',
    async (userName) => {
      const attempt = accounts.createUser(admin, { userName, password: 'x' })
      await expect(attempt).rejects.toMatchObject({ code: 'INVALID', facts: { field: 'userName' } })
    },
  )

  it('sign in whichever way their letters are composed', async () => {
    await accounts.createUser(admin, { userName: 'Zoë'.normalize('NFD'), password: 'né'.normalize('NFD') })
    expect((await signIn('né'.normalize('NFC'), 'Zoë'.normalize('NFC'))).userName).toBe('Zoë')
  })

  it('change their password, which ends tokens and the memory of the old one, not keys', async () => {
    const { key } = await accounts.createKey(admin, 'ci')
    const { token } = await accounts.issueBrowserToken(admin)
    const change = { current: 'wrong', password: 'new', address: ADDRESS }
    await expect(accounts.changePassword(admin, change)).rejects.toMatchObject({
      facts: { field: 'current' },
    })
    await accounts.changePassword(admin, { ...change, current: 'correct horse' })
    await expect(signIn('correct horse')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await accounts.browser(token)).toBeNull()
    expect((await accounts.bearer(key)).userName).toBe('admin')
  })
})

describe('throttle', () => {
  afterEach(() => vi.useRealTimers())

  it('refuses the name from that address after ten wrong passwords, however many come at once', async () => {
    const codes = await wrong(14)
    expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(10)
    expect(codes.filter((code) => code === 'THROTTLED')).toHaveLength(4)
    const refusal = await signIn('correct horse').catch((error) => error)
    expect(refusal).toMatchObject({ code: 'THROTTLED' })
    expect(refusal.facts.retryAfter).toBeGreaterThan(0)
    expect(refusal.facts.retryAfter).toBeLessThanOrEqual(60)
  })

  it('counts one wrong password tried many times at once', async () => {
    const codes = await Promise.all(
      Array.from({ length: 14 }, () => signIn('same').catch(({ code }) => code as string)),
    )
    expect(codes.filter((code) => code === 'THROTTLED')).toHaveLength(4)
  })

  it('leaves other names and other addresses alone, and ends after a minute', async () => {
    await accounts.createUser(admin, { userName: 'bo', password: 'secret' })
    await wrong(11)
    expect((await signIn('secret', 'bo')).userName).toBe('bo')
    expect((await signIn('correct horse', 'admin', '192.0.2.2')).userName).toBe('admin')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    expect((await signIn('correct horse')).userName).toBe('admin')
  })

  it('never counts what is right, nor bad tokens', async () => {
    await accounts.createUser(admin, { userName: 'bo', password: 'secret' })
    const all = await Promise.all(Array.from({ length: 40 }, () => signIn('secret', 'bo')))
    expect(all).toHaveLength(40)
    for (let count = 0; count < 20; count += 1)
      await expect(accounts.bearer('nonsense')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect((await signIn('correct horse')).userName).toBe('admin')
  })

  it('counts unknown names alike', async () => {
    const codes = await wrong(12, 'nobody')
    expect(codes.filter((code) => code === 'THROTTLED')).toHaveLength(2)
  })
})

describe('passwords', () => {
  it('are stored as argon2id with the parameters OWASP names', async () => {
    const user = await store.user(admin.userID)
    expect(user?.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(user?.password).not.toContain('correct')
  })

  it('cost once: what was right is remembered for a while', async () => {
    const begun = performance.now()
    for (let count = 0; count < 50; count += 1) await signIn('correct horse')
    expect(performance.now() - begun).toBeLessThan(200)
  })
})

describe('keys and tokens', () => {
  it('act as their user until they end', async () => {
    const { id, key } = await accounts.createKey(admin, 'ci')
    expect(key).toMatch(/^slk_[\w-]{43}$/)
    expect((await accounts.bearer(key)).userID).toBe(admin.userID)
    expect(JSON.stringify(await accounts.listKeys(admin))).not.toContain(key)
    await accounts.revokeKey(admin, id)
    await expect(accounts.bearer(key)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await expect(accounts.revokeKey(admin, id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('belong to one user', async () => {
    await accounts.createUser(admin, { userName: 'bo', password: 'secret' })
    const { id } = await accounts.createKey(admin, 'ci')
    const revoke = accounts.revokeKey(await signIn('secret', 'bo'), id)
    await expect(revoke).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('expire, and are swept', async () => {
    const { token, expiresAt } = await accounts.issueToken(admin, 60_000)
    expect(expiresAt).toBe(now + 60_000)
    now += 60_000
    await expect(accounts.bearer(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await accounts.sweep()
  })

  it('end by signing out', async () => {
    const { token } = await accounts.issueBrowserToken(admin)
    expect((await accounts.browser(token))?.userName).toBe('admin')
    await expect(accounts.bearer(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await accounts.revokeToken(token)
    expect(await accounts.browser(token)).toBeNull()
  })

  it('are worthless when the user is gone', async () => {
    const { token } = await accounts.issueToken(admin)
    store.removeUser(admin.userID)
    await expect(accounts.bearer(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await accounts.principal(admin.userID)).toBeNull()
  })
})

describe('links made to be handed on', () => {
  it('hold for exactly the parts they were signed for, across restarts', async () => {
    const signature = accounts.sign(['kore', 'media', 42])
    accounts = await start(wish)
    expect(accounts.verify(['kore', 'media', 42], signature)).toBe(true)
    expect(accounts.verify(['kore', 'media4', 2], signature)).toBe(false)
    expect(accounts.verify(['kore', 'media', 42], `${signature}x`)).toBe(false)
    expect(accounts.verify(['kore', 'media', 42], '')).toBe(false)
  })

  it('hold nowhere else', async () => {
    const signature = accounts.sign(['a'])
    store = memoryStore()
    accounts = await start(wish)
    expect(accounts.verify(['a'], signature)).toBe(false)
  })
})
