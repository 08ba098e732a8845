import { randomUUID } from 'node:crypto'
import { Refusal } from '#errors'
import { targetOf } from './access.ts'
import type { Repositories } from './core.ts'
import type { RecordRepository } from './ports.ts'
import type { BusinessRecord, Destination, DocumentPlan, Entry, EntryKind, StoredFile } from './record.ts'

/** A stored file on its way to where it is filed. */
export interface Filing extends Destination {
  readonly tenant: string
  /** uuid of the user for whom it is filed: somebody else's own record is no target */
  readonly viewer: string
  readonly kind: EntryKind
  readonly file: StoredFile
  readonly name: string
  readonly contentType: string | null
  /** the session that brought it */
  readonly session: string | null
  readonly createdBy: string
  /** milliseconds since 1970 */
  readonly createdAt: number
}

export interface Placed {
  readonly entry: Entry
  /** objects nobody reads any more, to be removed from the byte store after the commit */
  readonly garbage: string[]
}

/**
 * Files stored bytes as an entry, by reference. An attachment takes the place of one of the same name, content of a
 * slot that of its older version; archives and images are new every time. Runs inside the caller's transaction.
 * @throws Refusal NOT_FOUND (`what` is `table` or `record`), CONFLICT (a name that is taken)
 */
export async function place(repositories: Repositories, filing: Filing): Promise<Placed> {
  const { records, files } = repositories
  const record = await recordOf(records, filing)
  const { older, replaced } = await predecessors(records, filing, record)
  for (const entry of older) await records.updateEntry(entry.uid, { current: false })
  for (const entry of replaced) await records.removeEntry(entry.uid)
  const last = Math.max(0, ...[...older, ...replaced].map(({ version }) => version))
  const entry = await records.insertEntry({
    uid: randomUUID(),
    tenant: filing.tenant,
    kind: filing.kind,
    table: record?.table ?? null,
    record: record?.uid ?? null,
    slot: filing.slot ?? null,
    name: filing.name,
    contentType: filing.contentType,
    file: filing.file.id,
    session: filing.session,
    createdBy: filing.createdBy,
    createdAt: filing.createdAt,
    version: filing.versions === 'keep' ? last + 1 : 1,
    current: true,
  })
  if (record?.kind === 'document') await records.update(record.uid, { updatedAt: filing.createdAt })
  const garbage: string[] = []
  for (const { file } of replaced) garbage.push(...(await files.release(file.id, objectsOf(file))))
  return { entry, garbage }
}

async function recordOf(records: RecordRepository, filing: Filing): Promise<BusinessRecord | null> {
  if (filing.document !== undefined && filing.record === null)
    return makeDocument(records, filing, filing.document)
  if (filing.table === null) return null
  const viewer = { tenant: filing.tenant, userID: filing.viewer }
  return targetOf(records, viewer, filing.table, filing.record ?? '')
}

/** The entries that the new one stands for from now on: kept as older versions, or removed. */
async function predecessors(records: RecordRepository, filing: Filing, record: BusinessRecord | null) {
  const { tenant, kind, slot = null, name } = filing
  if (record === null) return { older: [], replaced: [] }
  const same = { tenant, record: record.uid, kind }
  if (slot !== null) {
    const { entries } = await records.entries({ ...same, slot })
    return filing.versions === 'keep' ? { older: entries, replaced: [] } : { older: [], replaced: entries }
  }
  if (kind !== 'ATTACHMENT') return { older: [], replaced: [] }
  return { older: [], replaced: (await records.entries({ ...same, name })).entries }
}

async function makeDocument(
  records: RecordRepository,
  filing: Filing,
  plan: DocumentPlan,
): Promise<BusinessRecord> {
  const viewer = { tenant: filing.tenant, userID: filing.viewer }
  if (plan.parent !== null) await targetOf(records, viewer, plan.table, plan.parent)
  const taken = await named(records, filing, plan, plan.name)
  if (taken !== undefined && plan.taken === 'version') return taken
  const name =
    taken === undefined || plan.taken === 'separate' ? plan.name : await freeName(records, filing, plan)
  return records.insert({
    uid: plan.uid ?? randomUUID(),
    tenant: filing.tenant,
    table: plan.table,
    parent: plan.parent,
    name,
    kind: 'document',
    owner: plan.owner ?? null,
    fields: plan.fields ?? {},
    createdBy: filing.createdBy,
    createdAt: plan.createdAt ?? filing.createdAt,
    updatedAt: filing.createdAt,
  })
}

async function named(records: RecordRepository, filing: Filing, plan: DocumentPlan, name: string) {
  const { records: found } = await records.list({
    tenant: filing.tenant,
    table: plan.table,
    viewer: plan.owner ?? '',
    parent: plan.parent,
    where: { field: 'name', value: name },
    limit: 10,
  })
  return found.find(({ kind }) => kind === 'document')
}

/** `name (1).ext`, `name (2).ext` …: the number stands before the last dot. */
async function freeName(records: RecordRepository, filing: Filing, plan: DocumentPlan): Promise<string> {
  const dot = plan.name.lastIndexOf('.')
  const [stem, end] = dot > 0 ? [plan.name.slice(0, dot), plan.name.slice(dot)] : [plan.name, '']
  for (let number = 1; number < 10_000; number += 1) {
    const name = `${stem} (${number})${end}`
    if ((await named(records, filing, plan, name)) === undefined) return name
  }
  throw new Refusal('CONFLICT', `there are too many documents named ${plan.name}`)
}

export const objectsOf = (file: StoredFile): string[] => [
  ...new Set((file.segments ?? [{ object: file.id }]).map(({ object }) => object)),
]
