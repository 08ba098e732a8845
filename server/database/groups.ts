import { sql } from 'kysely'
import type { Group, GroupWriter, Protocol } from '#sessions'
import { type Context, locks } from './context.ts'
import type { GroupTable } from './schema.ts'
import { int, json, parse, storable, text, whole } from './values.ts'

export function groupWriter(context: Context) {
  const { db } = context
  const locking = locks(context)
  return {
    async get(id: string): Promise<Group | null> {
      if (!storable(id)) return null
      const select = db.selectFrom('groups').selectAll().where('id', '=', id)
      const row = await (locking ? select.forUpdate() : select).executeTakeFirst()
      return row === undefined ? null : groupOf(row)
    },

    async expired(now: number, limit: number): Promise<Group[]> {
      const rows = await db
        .selectFrom('groups')
        .selectAll()
        .where('expires_at', '<=', now)
        .orderBy('expires_at')
        .limit(limit)
        .execute()
      return rows.map(groupOf)
    },

    async insert(group: Group): Promise<void> {
      await db.insertInto('groups').values(rowOf(group)).execute()
    },

    async renew(id: string, now: number): Promise<void> {
      const group = await db
        .updateTable('groups')
        .set((is) => ({ expires_at: is('ttl', '+', whole('time', now)) }))
        .where('id', '=', id)
        .where('ttl', '>', 0)
        .where('expires_at', '>', 0)
        .returning('id')
        .executeTakeFirst()
      if (group === undefined) return
      await db
        .updateTable('sessions')
        .set((is) => ({ expires_at: is('ttl', '+', now) }))
        .where('group_id', '=', id)
        .where('status', 'in', [sql.lit('INITIATED'), sql.lit('UPLOADING')])
        .where('ttl', '>', 0)
        .execute()
    },

    async end(id: string): Promise<void> {
      await db.updateTable('groups').set({ expires_at: 0 }).where('id', '=', id).execute()
    },

    async remove(id: string): Promise<void> {
      await db.deleteFrom('groups').where('id', '=', id).execute()
    },
  } satisfies GroupWriter
}

const rowOf = (group: Group): GroupTable => ({
  id: text('id', group.id),
  tenant: group.tenant,
  owner: group.owner,
  owner_name: text('user name', group.ownerName),
  protocol: group.protocol,
  shared: Number(group.shared),
  attributes: json(group.attributes),
  created_at: whole('creation time', group.createdAt),
  expires_at: whole('end of life', group.expiresAt),
  ttl: whole('life', group.ttl),
})

const groupOf = (row: GroupTable): Group => ({
  id: row.id,
  tenant: row.tenant,
  owner: row.owner,
  ownerName: row.owner_name,
  protocol: row.protocol as Protocol,
  shared: row.shared === 1,
  attributes: parse(row.attributes),
  createdAt: int(row.created_at),
  expiresAt: int(row.expires_at),
  ttl: int(row.ttl),
})
