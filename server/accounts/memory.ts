import type { Key, Token, User } from './account.ts'
import type { AccountStore, AccountWriter } from './ports.ts'

/** An account store that forgets everything, for tests. */
export function memoryStore(): AccountStore & { removeUser(id: string): void } {
  const users = new Map<string, User>()
  const keys = new Map<string, Key>()
  const tokens = new Map<string, Token>()
  const secrets = new Map<string, string>()
  const find = (match: (user: User) => boolean): User | null => [...users.values()].find(match) ?? null
  const writer: AccountWriter = {
    user: async (id) => users.get(id) ?? null,
    userByName: async (tenant, name) => find((user) => user.tenant === tenant && user.userName === name),
    users: async (tenant) =>
      [...users.values()]
        .filter((user) => user.tenant === tenant)
        .sort((a, b) => (a.userName < b.userName ? -1 : 1)),
    key: async (hash) => [...keys.values()].find((key) => key.hash === hash) ?? null,
    keys: async (user) => [...keys.values()].filter((key) => key.user === user),
    token: async (hash) => tokens.get(hash) ?? null,
    async insertUser(user) {
      if (find(({ tenant, nameKey }) => tenant === user.tenant && nameKey === user.nameKey)) return false
      users.set(user.id, user)
      return true
    },
    async updateUser(id, change) {
      const user = users.get(id)
      if (user !== undefined) users.set(id, { ...user, ...change })
    },
    async insertKey(key) {
      keys.set(key.id, key)
    },
    async removeKey(user, id) {
      return keys.get(id)?.user === user && keys.delete(id)
    },
    async insertToken(token) {
      tokens.set(token.hash, token)
    },
    removeToken: async (hash) => tokens.delete(hash),
    async removeTokens(user, kinds) {
      for (const token of tokens.values())
        if (token.user === user && kinds.includes(token.kind)) tokens.delete(token.hash)
    },
    async removeExpiredTokens(now) {
      for (const token of tokens.values()) if (token.expiresAt <= now) tokens.delete(token.hash)
    },
    async secret(name, candidate) {
      const kept = secrets.get(name) ?? candidate
      secrets.set(name, kept)
      return kept
    },
  }
  return { ...writer, write: (work) => work(writer), removeUser: (id) => users.delete(id) }
}
