import { randomUUID } from 'node:crypto'
import { notFound } from '#errors'
import type { FileRepository, RecordRepository } from './ports.ts'
import type { Entry, EntryKind, StoredFile } from './record.ts'

/** A stored file on its way to a record. */
export interface Filing {
  readonly tenant: string
  readonly kind: EntryKind
  readonly file: StoredFile
  readonly name: string
  readonly contentType: string | null
  readonly session: string | null
  readonly createdBy: string
  /** milliseconds since 1970 */
  readonly createdAt: number
  /** both, or neither for a free-standing image */
  readonly table: string | null
  /** integer id or uid */
  readonly record: string | null
  readonly slot?: string | null
  readonly version?: number
}

export interface Placed {
  readonly entry: Entry
  /** objects nobody reads any more, to be removed from the byte store after the commit */
  readonly garbage: string[]
}

type Repositories = { readonly records: RecordRepository; readonly files: FileRepository }

/**
 * Puts a stored file on a record, by reference. An attachment takes the place of one of the same name; archives and
 * images are new every time.
 * @throws Refusal NOT_FOUND (`what` is `table` or `record`)
 */
export async function place({ records, files }: Repositories, filing: Filing): Promise<Placed> {
  const target =
    filing.table === null ? null : await targetOf(records, filing.tenant, filing.table, filing.record ?? '')
  const replaced =
    target !== null && filing.kind === 'ATTACHMENT'
      ? (
          await records.entries({
            tenant: filing.tenant,
            record: target.uid,
            kind: 'ATTACHMENT',
            name: filing.name,
          })
        ).entries
      : []
  for (const entry of replaced) await records.removeEntry(entry.uid)
  const entry = await records.insertEntry({
    uid: randomUUID(),
    tenant: filing.tenant,
    kind: filing.kind,
    table: target?.table ?? null,
    record: target?.uid ?? null,
    slot: filing.slot ?? null,
    name: filing.name,
    contentType: filing.contentType,
    file: filing.file.id,
    session: filing.session,
    createdBy: filing.createdBy,
    createdAt: filing.createdAt,
    version: filing.version ?? 1,
    current: true,
  })
  const garbage: string[] = []
  for (const { file } of replaced) garbage.push(...(await files.release(file.id, objectsOf(file))))
  return { entry, garbage }
}

/** @throws Refusal NOT_FOUND */
export async function targetOf(records: RecordRepository, tenant: string, table: string, record: string) {
  if ((await records.table(tenant, table)) === null) throw notFound('table', table)
  const found = await records.get(tenant, table, record)
  if (found === null) throw notFound('record', record)
  return found
}

export const objectsOf = (file: StoredFile): string[] => [
  ...new Set((file.segments ?? [{ object: file.id }]).map(({ object }) => object)),
]
