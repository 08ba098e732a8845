import { lookup } from 'mime-types'
import type { BusinessRecord, Content, Entry } from '#records'
import { blobsOf, indexOf, lengthOf, listSlot, MAIN } from './blobs.ts'
import { NuxeoError } from './errors.ts'
import type { Call } from './services.ts'
import { documentBy } from './tree.ts'
import { typeNameOf, typeOf } from './types.ts'

type Parameters = Readonly<Record<string, unknown>>

/** What an operation leaves: the blobs it was given, as they are on the document now. */
export interface Outcome {
  readonly record: BusinessRecord
  readonly entries: readonly Entry[]
}

/**
 * Operations that take blobs of a batch.
 * @throws NuxeoError 404 for any other
 */
export function operationNamed(name: string) {
  if (name === 'Blob.AttachOnDocument' || name === 'Blob.Attach') return attach
  throw new NuxeoError(404, `Failed to invoke operation: ${name}, no such operation here`)
}

/** `document` is a path or a uid; `xpath` is `file:content` (default), `files:files` to append, or a place of the list. */
async function attach(call: Call, parameters: Parameters, contents: readonly Content[]): Promise<Outcome> {
  const { document, xpath = MAIN } = parameters
  if (typeof document !== 'string' || document === '')
    throw new NuxeoError(400, 'the parameter document must be a path or a uid')
  if (typeof xpath !== 'string') throw new NuxeoError(400, 'the parameter xpath must be a string')
  const record = await documentBy(call, document)
  if (typeOf(record).folder)
    throw new NuxeoError(400, `${document} is a ${typeNameOf(record)}, which holds no blob`)
  const length = lengthOf(record)
  const slots = new Map<string, Content>()
  for (const content of contents) slots.set(slotFor(xpath, length + slots.size), normalized(content))
  const last = Math.max(length, ...[...slots.keys()].map((slot) => (indexOf(slot) ?? -1) + 1))
  const change = { document: record.uid, fields: { files: last }, slots }
  const saved = await call.services.sessions.saveDocument(call.principal, change)
  const { main, list } = await blobsOf(call, saved)
  const entries = [...slots.keys()].map((slot) => (slot === MAIN ? main : list[indexOf(slot) ?? -1]))
  return { record: saved, entries: entries.filter((entry) => entry !== null && entry !== undefined) }
}

function slotFor(xpath: string, end: number): string {
  if (xpath === MAIN || xpath === 'blobholder:0') return MAIN
  if (xpath === 'files:files') return listSlot(end)
  const index = indexOf(xpath)
  if (index !== null && index <= end) return listSlot(index)
  throw new NuxeoError(400, `the parameter xpath names no place for a blob: ${xpath}`)
}

/** Contract, section 2: a nonsense type "is later normalised … from the file name". */
function normalized(content: Content): Content {
  const { contentType, name } = content
  if (contentType !== null && /^[^/\s]+\/[^/\s]+/.test(contentType)) return content
  return { ...content, contentType: lookup(name) || 'application/octet-stream' }
}
