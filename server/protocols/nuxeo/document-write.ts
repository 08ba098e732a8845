import type { Content, Entry } from '#records'
import { type Blobs, indexOf, listSlot, MAIN } from './blobs.ts'
import type { BlobValue, Properties } from './properties.ts'
import type { References } from './references.ts'

export interface SlotChanges {
  readonly slots: Map<string, Content | null>
  /** places of the list afterwards; undefined: as before */
  readonly files: number | undefined
}

/**
 * What the blobs of a request make of a document's slots. Contract: a reference that did not resolve leaves the main
 * blob untouched and `{"file":null}` in the list.
 */
export async function slotChanges(
  references: References,
  { main, list }: Pick<Properties, 'main' | 'list'>,
  before: Blobs,
  length: number,
): Promise<SlotChanges> {
  const slots = new Map<string, Content | null>()
  if (main !== undefined) {
    const content = await resolve(references, main, before)
    if (content !== null || main === null) slots.set(MAIN, content)
  }
  if (list === undefined) return { slots, files: undefined }
  const values = list.filter((value) => !isElsewhere(value, before))
  for (const [index, value] of values.entries())
    slots.set(listSlot(index), await resolve(references, value, before))
  for (let index = values.length; index < length; index += 1) slots.set(listSlot(index), null)
  return { slots, files: values.length }
}

async function resolve(references: References, value: BlobValue, before: Blobs): Promise<Content | null> {
  if (value === null) return null
  if ('batch' in value) return references.content(value.batch, value.fileId)
  const entry = knownEntry(before, value.known)
  if (entry === undefined) references.missing()
  return entry === undefined ? null : contentOf(entry)
}

/** What was put on the document without a place is shown behind the list, and stays there. */
function isElsewhere(value: BlobValue, before: Blobs): boolean {
  if (value === null || !('known' in value)) return false
  const entry = knownEntry(before, value.known)
  return entry !== undefined && entry.slot !== MAIN && indexOf(entry.slot) === null
}

/** The entry that a blob value describes; undefined when the document has no such blob. */
function knownEntry({ main, list }: Blobs, known: Readonly<Record<string, unknown>>): Entry | undefined {
  return [main, ...list]
    .filter((entry) => entry !== null)
    .find(({ file }) => known.digest === (file.digests.md5 ?? file.digests.sha256))
}

const contentOf = ({ file, name, contentType, session }: Entry): Content => ({
  file,
  name,
  contentType,
  session,
})
