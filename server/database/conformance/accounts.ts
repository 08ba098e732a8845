import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { AccountStore, Token, User } from '#accounts'

const user = (userName: string, more: Partial<User> = {}): User => ({
  id: randomUUID(),
  tenant: 'main',
  userName,
  nameKey: userName.toLowerCase(),
  roles: ['user', 'reader'],
  password: '$argon2id$…',
  createdAt: 1,
  updatedAt: 2,
  ...more,
})

const token = (of: User, more: Partial<Token> = {}): Token => ({
  hash: randomUUID(),
  kind: 'bearer',
  user: of.id,
  createdAt: 1,
  expiresAt: 100,
  ...more,
})

/** What every adapter of the port `AccountStore` keeps. */
export function describeAccounts(open: () => Promise<AccountStore>): void {
  test('a user comes back as they went in', async () => {
    const store = await open()
    const zoe = user('Zoë', { password: null })
    expect(await store.write((tx) => tx.insertUser(zoe))).toBe(true)
    expect(await store.user(zoe.id)).toEqual(zoe)
    expect(await store.userByName('main', 'Zoë')).toEqual(zoe)
    expect(await store.userByName('main', 'zoë')).toBeNull()
    expect(await store.userByName('other', 'Zoë')).toBeNull()
    expect(await store.userByName('main', 'a\0b')).toBeNull()
    expect(await store.user('\ud800')).toBeNull()
  })

  test('one name key is one user, in each tenant', async () => {
    const store = await open()
    const insert = (one: User) => store.write((tx) => tx.insertUser(one))
    const outcomes = await Promise.all([insert(user('Bo')), insert(user('bo')), insert(user('BO'))])
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect(await insert(user('bo', { tenant: 'other' }))).toBe(true)
    await insert(user('al'))
    expect((await store.users('main')).map(({ nameKey }) => nameKey)).toEqual(['al', 'bo'])
  })

  test('a user changes in what is named and nothing else', async () => {
    const store = await open()
    const bo = user('bo')
    await store.write((tx) => tx.insertUser(bo))
    await store.write((tx) => tx.updateUser(bo.id, { password: 'new', updatedAt: 9 }))
    expect(await store.user(bo.id)).toEqual({ ...bo, password: 'new', updatedAt: 9 })
    await store.write((tx) => tx.updateUser(bo.id, { roles: ['admin'], updatedAt: 10 }))
    expect(await store.user(bo.id)).toEqual({ ...bo, password: 'new', roles: ['admin'], updatedAt: 10 })
  })

  test('a key is found by its hash until its own user removes it', async () => {
    const store = await open()
    const [bo, al] = [user('bo'), user('al')]
    const key = { id: randomUUID(), user: bo.id, name: 'ci', hash: 'h', createdAt: 5 }
    await store.write(async (tx) => {
      await tx.insertUser(bo)
      await tx.insertUser(al)
      await tx.insertKey(key)
      await tx.insertKey({ ...key, id: randomUUID(), hash: 'older', createdAt: 4 })
    })
    expect(await store.key('h')).toEqual(key)
    expect((await store.keys(bo.id)).map(({ hash }) => hash)).toEqual(['older', 'h'])
    expect(await store.write((tx) => tx.removeKey(al.id, key.id))).toBe(false)
    expect(await store.write((tx) => tx.removeKey(bo.id, key.id))).toBe(true)
    expect(await store.key('h')).toBeNull()
  })

  test('of two that take one token, one gets it', async () => {
    const store = await open()
    const bo = user('bo')
    const one = token(bo)
    await store.write(async (tx) => void [await tx.insertUser(bo), await tx.insertToken(one)])
    expect(await store.token(one.hash)).toEqual(one)
    const take = () => store.write((tx) => tx.removeToken(one.hash))
    expect((await Promise.all([take(), take(), take()])).filter(Boolean)).toHaveLength(1)
    expect(await store.token(one.hash)).toBeNull()
  })

  test('tokens go by user and kind, or when they are over', async () => {
    const store = await open()
    const [bo, al] = [user('bo'), user('al')]
    const tokens = {
      link: token(bo, { kind: 'link' }),
      browser: token(bo, { kind: 'browser', expiresAt: 50 }),
      other: token(al, { kind: 'link', expiresAt: 51 }),
    }
    await store.write(async (tx) => {
      for (const one of [bo, al]) await tx.insertUser(one)
      for (const one of Object.values(tokens)) await tx.insertToken(one)
    })
    await store.write((tx) => tx.removeTokens(bo.id, ['link']))
    expect(await store.token(tokens.link.hash)).toBeNull()
    expect(await store.token(tokens.browser.hash)).not.toBeNull()
    await store.write((tx) => tx.removeExpiredTokens(50))
    expect(await store.token(tokens.browser.hash)).toBeNull()
    expect(await store.token(tokens.other.hash)).not.toBeNull()
  })

  test('the first secret of a name stays', async () => {
    const store = await open()
    const secret = (candidate: string) => store.write((tx) => tx.secret('links', candidate))
    expect(await secret('one')).toBe('one')
    expect(await secret('two')).toBe('one')
  })
}
