import type { AccountReader, AccountStore, AccountWriter, Key, Token, TokenKind, User } from '#accounts'
import type { Context } from './context.ts'
import type { KeyTable, TokenTable, UserTable } from './schema.ts'
import { slot } from './statements.ts'
import { int, json, parse, storable, text } from './values.ts'

/** The part of a database that keeps accounts, in the shape that accounts ask for. */
export const accountStore = (database: {
  readonly accounts: AccountReader
  write<T>(work: (tx: { readonly accounts: AccountWriter }) => Promise<T>): Promise<T>
}): AccountStore => ({
  ...database.accounts,
  write: (work) => database.write((tx) => work(tx.accounts)),
})

export function accountRepository(context: Context) {
  const { db } = context
  return {
    ...accountReader(context),

    async insertUser(user: User): Promise<boolean> {
      const rows = await db
        .insertInto('users')
        .values(userRow(user))
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .execute()
      return rows.length === 1
    },

    async updateUser(id: string, { roles, password, updatedAt }: Partial<User>): Promise<void> {
      await db
        .updateTable('users')
        .set({
          ...(roles !== undefined && { roles: json(roles) }),
          ...(password !== undefined && { password }),
          ...(updatedAt !== undefined && { updated_at: updatedAt }),
        })
        .where('id', '=', id)
        .execute()
    },

    async insertKey({ id, user, name, hash, createdAt }: Key): Promise<void> {
      const row = { id, user_id: user, name: text('name', name), hash, created_at: createdAt }
      await db.insertInto('keys').values(row).execute()
    },

    async removeKey(user: string, id: string): Promise<boolean> {
      if (!storable(id)) return false
      const remove = db.deleteFrom('keys').where('id', '=', id).where('user_id', '=', user)
      return (await remove.returning('id').execute()).length === 1
    },

    async insertToken({ hash, kind, user, createdAt, expiresAt }: Token): Promise<void> {
      const row = { hash, kind, user_id: user, created_at: createdAt, expires_at: expiresAt }
      await db.insertInto('tokens').values(row).execute()
    },

    async removeToken(hash: string): Promise<boolean> {
      const remove = db.deleteFrom('tokens').where('hash', '=', hash)
      return (await remove.returning('hash').execute()).length === 1
    },

    async removeTokens(user: string, kinds: readonly TokenKind[]): Promise<void> {
      await db.deleteFrom('tokens').where('user_id', '=', user).where('kind', 'in', kinds).execute()
    },

    async removeExpiredTokens(now: number): Promise<void> {
      await db.deleteFrom('tokens').where('expires_at', '<=', now).execute()
    },

    async secret(name: string, candidate: string): Promise<string> {
      await db
        .insertInto('secrets')
        .values({ name, value: candidate })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const kept = await db.selectFrom('secrets').select('value').where('name', '=', name).executeTakeFirst()
      return kept?.value ?? candidate
    },
  } satisfies AccountWriter
}

const accountReader = ({ db, statements }: Context) =>
  ({
    async user(id: string): Promise<User | null> {
      if (!storable(id)) return null
      const known = () => db.selectFrom('users').selectAll().where('id', '=', slot('id'))
      const [row] = await statements.run(db, 'user', known, { id })
      return row === undefined ? null : userOf(row)
    },

    async userByName(tenant: string, userName: string): Promise<User | null> {
      if (!storable(userName)) return null
      const named = () =>
        db
          .selectFrom('users')
          .selectAll()
          .where('user_name', '=', slot('userName'))
          .where('tenant', '=', slot('tenant'))
      const [row] = await statements.run(db, 'user by name', named, { userName, tenant })
      return row === undefined ? null : userOf(row)
    },

    async users(tenant: string): Promise<User[]> {
      const all = db.selectFrom('users').selectAll().where('tenant', '=', tenant)
      return (await all.orderBy('name_key').execute()).map(userOf)
    },

    async key(hash: string): Promise<Key | null> {
      const known = () => db.selectFrom('keys').selectAll().where('hash', '=', slot('hash'))
      const [row] = await statements.run(db, 'key', known, { hash })
      return row === undefined ? null : keyOf(row)
    },

    async keys(user: string): Promise<Key[]> {
      const all = db.selectFrom('keys').selectAll().where('user_id', '=', user)
      return (await all.orderBy('created_at').orderBy('id').execute()).map(keyOf)
    },

    async token(hash: string): Promise<Token | null> {
      const known = () => db.selectFrom('tokens').selectAll().where('hash', '=', slot('hash'))
      const [row] = await statements.run(db, 'token', known, { hash })
      return row === undefined ? null : tokenOf(row)
    },
  }) satisfies AccountReader

const userRow = (user: User): UserTable => ({
  id: user.id,
  tenant: user.tenant,
  user_name: text('userName', user.userName),
  name_key: text('userName', user.nameKey),
  roles: json(user.roles),
  password: user.password,
  created_at: user.createdAt,
  updated_at: user.updatedAt,
})

const userOf = (row: UserTable): User => ({
  id: row.id,
  tenant: row.tenant,
  userName: row.user_name,
  nameKey: row.name_key,
  roles: parse(row.roles),
  password: row.password,
  createdAt: int(row.created_at),
  updatedAt: int(row.updated_at),
})

const keyOf = (row: KeyTable): Key => ({
  id: row.id,
  user: row.user_id,
  name: row.name,
  hash: row.hash,
  createdAt: int(row.created_at),
})

const tokenOf = (row: TokenTable): Token => ({
  hash: row.hash,
  kind: row.kind as TokenKind,
  user: row.user_id,
  createdAt: int(row.created_at),
  expiresAt: int(row.expires_at),
})
