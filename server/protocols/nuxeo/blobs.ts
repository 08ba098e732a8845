import { notFound } from '#errors'
import type { BusinessRecord, Entry } from '#records'
import type { Call } from './services.ts'
import { typeOf } from './types.ts'

export const MAIN = 'file:content'
export const listSlot = (index: number): string => `files:files/${index}/file`

/** The blobs of a document, by place. `null` is a place without a blob. */
export interface Blobs {
  readonly main: Entry | null
  readonly list: readonly (Entry | null)[]
}

/**
 * A document's blobs are its entries. What was put on it without naming a place, by another protocol or in the browser,
 * comes after the list.
 */
export async function blobsOf({ services, principal }: Call, record: BusinessRecord): Promise<Blobs> {
  if (typeOf(record).folder) return { main: null, list: [] }
  const { entries } = await services.db.records.entries({ tenant: principal.tenant, record: record.uid })
  const list: (Entry | null)[] = Array.from({ length: lengthOf(record) }, () => null)
  let main: Entry | null = null
  for (const entry of entries) {
    const index = indexOf(entry.slot)
    if (entry.slot === MAIN) main = entry
    else if (index !== null && index < list.length) list[index] = entry
    else list.push(entry)
  }
  return { main, list }
}

/** Places of the list, empty ones included. */
export const lengthOf = ({ fields }: BusinessRecord): number =>
  typeof fields.files === 'number' ? fields.files : 0

export function indexOf(xpath: string | null): number | null {
  const index = /^files:files\/(0|[1-9]\d{0,8})\/file$/.exec(xpath ?? '')?.[1]
  return index === undefined ? null : Number(index)
}

/**
 * The blob at an xpath (contract, section 6): `file:content`, `files:files/0/file`, `blobholder:0` for the main one and
 * `blobholder:1` … for the others.
 * @throws Refusal NOT_FOUND
 */
export function blobAt({ main, list }: Blobs, xpath: string): Entry {
  const all = [main, ...list]
  const held = /^blobholder:(0|[1-9]\d{0,8})$/.exec(xpath)?.[1]
  const index = indexOf(xpath)
  const blob =
    xpath === MAIN ? main : held !== undefined ? all[Number(held)] : index === null ? null : list[index]
  if (!blob) throw notFound('blob', xpath)
  return blob
}

/** The name a client gave; null when it gave none. */
export const nameOf = ({ name, session }: Entry): string | null => (name === session ? null : name)
