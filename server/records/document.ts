import { randomUUID } from 'node:crypto'
import { Refusal } from '#errors'
import { targetOf } from './access.ts'
import type { Repositories } from './core.ts'
import { objectsOf } from './place.ts'
import type { NewRecord, RecordRepository } from './ports.ts'
import type { BusinessRecord, Entry, StoredFile } from './record.ts'

/** Stored bytes on their way into a slot of a document. */
export interface Content {
  readonly file: StoredFile
  readonly name: string
  readonly contentType: string | null
  /** the session that brought them; null when that is forgotten */
  readonly session: string | null
}

export interface NewDocument extends Pick<NewRecord, 'table' | 'parent' | 'kind' | 'fields'> {
  /** the first of these that is free in the parent becomes the name */
  readonly names: Iterable<string>
}

export interface DocumentWrite {
  readonly tenant: string
  /** uuid of the user who writes: a record that is somebody else's own does not exist for them */
  readonly userID: string
  /** one to make, or the uid of one that exists */
  readonly document: NewDocument | string
  /** members of an existing one to set; the others stay */
  readonly fields?: Readonly<Record<string, unknown>>
  /** what slots hold afterwards, null for nothing; one that is not named stays as it is */
  readonly slots: ReadonlyMap<string, Content | null>
  /** user name */
  readonly by: string
  /** milliseconds since 1970 */
  readonly at: number
}

/**
 * Makes or changes a document of a tree together with what its slots hold. Runs inside the caller's transaction.
 * `garbage` is to be removed from the byte store after the commit.
 * @throws Refusal NOT_FOUND (`what`: record, entry, file), CONFLICT (no name is free)
 */
export async function writeDocument(
  repositories: Repositories,
  write: DocumentWrite,
): Promise<{ record: BusinessRecord; garbage: string[] }> {
  const { records } = repositories
  const { document, tenant } = write
  const record =
    typeof document === 'string'
      ? await change(records, document, write)
      : await make(records, document, write)
  const { entries } = await records.entries({ tenant, record: record.uid, kind: 'CONTENT' })
  const garbage = await fill(repositories, record, entries, write)
  return { record, garbage }
}

async function make(records: RecordRepository, document: NewDocument, write: DocumentWrite) {
  const { tenant, by, at } = write
  const { names, ...init } = document
  const parent = init.parent === null ? null : await targetOf(records, write, init.table, init.parent)
  if ((await records.table(tenant, init.table)) === null)
    await records.insertTable({ tenant, name: init.table, tree: true })
  const name = await firstFree(records, tenant, document)
  const times = { createdBy: by, createdAt: at, updatedAt: at }
  return records.insert({ ...init, ...times, uid: randomUUID(), tenant, name, owner: parent?.owner ?? null })
}

async function firstFree(
  records: RecordRepository,
  tenant: string,
  { table, parent, names }: NewDocument,
): Promise<string> {
  for (const name of names) {
    const where = { field: 'name', value: name } as const
    const { total } = await records.list({ tenant, table, parent, viewer: null, where, limit: 1 })
    if (total === 0) return name
  }
  throw new Refusal('CONFLICT', 'that name is taken in this folder')
}

async function change(records: RecordRepository, uid: string, write: DocumentWrite) {
  const { fields, at } = write
  const found = await targetOf(records, write, null, uid)
  const next = { fields: { ...found.fields, ...fields }, updatedAt: at }
  await records.update(uid, next)
  return { ...found, ...next }
}

/** What is new comes before what is old goes: both may be the same bytes. */
async function fill(
  { records, files }: Repositories,
  record: BusinessRecord,
  entries: readonly Entry[],
  { slots, tenant, by, at }: DocumentWrite,
): Promise<string[]> {
  for (const [slot, content] of slots) {
    if (content === null) continue
    const { file, ...said } = content
    const place = { table: record.table, record: record.uid, slot, version: 1, current: true }
    const made = { uid: randomUUID(), tenant, createdBy: by, createdAt: at }
    await records.insertEntry({ ...said, ...place, ...made, kind: 'CONTENT', file: file.id })
  }
  const garbage: string[] = []
  for (const { uid, slot, file } of entries) {
    if (slot === null || !slots.has(slot)) continue
    await records.removeEntry(uid)
    garbage.push(...(await files.release(file.id, objectsOf(file))))
  }
  return garbage
}

/**
 * Removes a record with its entries and everything that lies in it. Runs inside the caller's transaction; the result is
 * garbage to be removed from the byte store after the commit.
 * @throws Refusal NOT_FOUND
 */
export async function removeTree(
  repositories: Repositories,
  tenant: string,
  record: Pick<BusinessRecord, 'table' | 'uid'>,
): Promise<string[]> {
  const { records, files } = repositories
  const garbage: string[] = []
  for (;;) {
    const { table, uid: parent } = record
    const { records: children } = await records.list({ tenant, table, parent, viewer: null, limit: 100 })
    if (children.length === 0) break
    for (const child of children) garbage.push(...(await removeTree(repositories, tenant, child)))
  }
  const { entries } = await records.entries({ tenant, record: record.uid, versions: 'all' })
  for (const { uid, file } of entries) {
    await records.removeEntry(uid)
    garbage.push(...(await files.release(file.id, objectsOf(file))))
  }
  await records.remove(record.uid)
  return garbage
}
