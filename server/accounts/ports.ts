import type { Key, Token, TokenKind, User } from './account.ts'

export interface AccountReader {
  /** by uuid */
  user(id: string): Promise<User | null>
  /** by the exact name */
  userByName(tenant: string, userName: string): Promise<User | null>
  /** by name */
  users(tenant: string): Promise<User[]>
  key(hash: string): Promise<Key | null>
  /** a user's keys, oldest first */
  keys(user: string): Promise<Key[]>
  token(hash: string): Promise<Token | null>
}

/** Used only inside a transaction of `AccountStore.write`. */
export interface AccountWriter extends AccountReader {
  /** false when the tenant has a user with that `nameKey` */
  insertUser(user: User): Promise<boolean>
  updateUser(id: string, change: Partial<Pick<User, 'roles' | 'password' | 'updatedAt'>>): Promise<void>
  insertKey(key: Key): Promise<void>
  /** false when that user has no such key */
  removeKey(user: string, id: string): Promise<boolean>
  insertToken(token: Token): Promise<void>
  /** false when it was not there (any more): of two callers one gets true */
  removeToken(hash: string): Promise<boolean>
  /** a user's tokens of these kinds */
  removeTokens(user: string, kinds: readonly TokenKind[]): Promise<void>
  removeExpiredTokens(now: number): Promise<void>
  /** Keeps `candidate` under `name` unless there is a value; returns the one that is kept. */
  secret(name: string, candidate: string): Promise<string>
}

export interface AccountStore extends AccountReader {
  /** Runs `work` in a transaction; resolves after the commit is durable. A throw rolls back. */
  write<T>(work: (tx: AccountWriter) => Promise<T>): Promise<T>
}

export interface Clock {
  /** milliseconds since 1970 */
  now(): number
}
