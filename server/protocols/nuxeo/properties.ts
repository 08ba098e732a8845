import { DUBLIN_CORE } from './document-view.ts'
import { NuxeoError } from './errors.ts'

/** A blob as a request names it. */
export type BlobValue =
  /** none */
  | null
  /** a file of a batch */
  | { readonly batch: string; readonly fileId: string | null }
  /** one the document has already, as the server described it */
  | { readonly known: Readonly<Record<string, unknown>> }

export interface Properties {
  /** members of `dublincore` to set */
  readonly fields: Readonly<Record<string, unknown>>
  /** undefined: not named */
  readonly main: BlobValue | undefined
  readonly list: readonly BlobValue[] | undefined
}

/**
 * What the `properties` of a request set. Contract, section 5: "Unknown property prefix → silently ignored. Wrong type
 * for a property → 400."
 */
export function readProperties(given: Readonly<Record<string, unknown>>, strict: boolean): Properties {
  const fields: Record<string, unknown> = {}
  for (const [name, fallback] of Object.entries(DUBLIN_CORE)) {
    const value = given[name]
    if (value === undefined) continue
    fields[name] = Array.isArray(fallback) ? strings(name, value) : stringOrNull(name, value)
  }
  const main = given['file:content']
  const list = given['files:files']
  return {
    fields,
    main: main === undefined ? undefined : blobValue('file:content', main, strict),
    list: list === undefined ? undefined : listValue(list, strict),
  }
}

const wrong = (name: string, what: string): NuxeoError =>
  new NuxeoError(400, `property ${name} must be ${what}`)

function stringOrNull(name: string, value: unknown): string | null {
  if (value === null || typeof value === 'string') return value
  throw wrong(name, 'a string')
}

function strings(name: string, value: unknown): string[] {
  if (value === null) return []
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
  throw wrong(name, 'a list of strings')
}

function listValue(value: unknown, strict: boolean): BlobValue[] {
  if (value === null) return []
  if (!Array.isArray(value)) throw wrong('files:files', 'a list')
  return value.map((item: unknown, index) => {
    if (!isObject(item)) throw wrong(`files:files/${index}`, 'an object with a file')
    return blobValue(`files:files/${index}/file`, item.file ?? null, strict)
  })
}

function blobValue(name: string, value: unknown, strict: boolean): BlobValue {
  if (value === null) return null
  if (!isObject(value)) throw wrong(name, 'a blob')
  const { 'upload-batch': batch, 'upload-fileId': fileId } = value
  if (typeof batch !== 'string') return { known: value }
  // Contract: "`upload-fileId` as a number is accepted too"; in the original it "is read as null".
  const accepted = typeof fileId === 'string' || (typeof fileId === 'number' && !strict)
  return { batch, fileId: accepted ? String(fileId) : null }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
