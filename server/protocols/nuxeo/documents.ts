import { Refusal } from '#errors'
import { type Answer, json } from '#http'
import type { BusinessRecord } from '#records'
import { blobsOf, lengthOf } from './blobs.ts'
import { answerDocument, documentJSON } from './document-view.ts'
import { slotChanges } from './document-write.ts'
import { empty, NuxeoError } from './errors.ts'
import { readProperties } from './properties.ts'
import { References } from './references.ts'
import { DocumentBody, readBody } from './schemas.ts'
import type { Call } from './services.ts'
import { pathOf, TABLE } from './tree.ts'
import { creatable, isFixed, typeNameOf, typeOf } from './types.ts'

/** Characters a name keeps (contract, section 5: "cut at 24 characters by default"). */
const NAME = 24
const NO_BLOBS = { main: null, list: [] }

export const show = (call: Call, record: BusinessRecord): Promise<Answer> => answerDocument(call, 200, record)

/** `POST` on a folder. */
export async function create(call: Call, parent: BusinessRecord): Promise<Answer> {
  const { type, name, properties } = await readBody(call.exchange, DocumentBody)
  const names = namesFrom(name ?? '')
  if (!type?.trim() || names === null) throw new NuxeoError(400, 'type or name property is missing')
  const made = creatable(type)
  if (made === null)
    throw new NuxeoError(400, `there is no document type ${type} here: it may be File, Folder or Workspace`)
  if (!typeOf(parent).folder)
    throw new NuxeoError(400, `${parent.name} is a ${typeNameOf(parent)}, which holds no documents`)
  const said = readProperties(properties ?? {}, call.strict)
  return using(call, async (references) => {
    const blobs = made.folder ? {} : said
    const { slots, files = 0 } = await slotChanges(
      references,
      { main: undefined, list: undefined, ...blobs },
      NO_BLOBS,
      0,
    )
    const kind = made.folder ? 'folder' : 'document'
    const fields = { type, ...said.fields, ...(made.folder ? {} : { files }) }
    const document = { table: TABLE, parent: parent.uid, kind, names, fields } as const
    return answerDocument(
      call,
      201,
      await call.services.sessions.saveDocument(call.principal, { document, slots }),
    )
  })
}

/** `PUT` on a document: what the request does not name stays. */
export async function update(call: Call, record: BusinessRecord): Promise<Answer> {
  const { properties } = await readBody(call.exchange, DocumentBody)
  const said = readProperties(properties ?? {}, call.strict)
  const blobs = typeOf(record).folder ? { main: undefined, list: undefined } : said
  return using(call, async (references) => {
    const before = await blobsOf(call, record)
    const { slots, files } = await slotChanges(references, blobs, before, lengthOf(record))
    const fields = { ...said.fields, ...(files === undefined ? {} : { files }) }
    const change = { document: record.uid, fields, slots }
    return answerDocument(call, 200, await call.services.sessions.saveDocument(call.principal, change))
  })
}

/** Runs a request that may use batches, and drops them as its end demands. */
export async function using<T>(call: Call, work: (references: References) => Promise<T>): Promise<T> {
  const references = new References(call)
  try {
    const result = await work(references)
    await references.used(true)
    return result
  } catch (error) {
    await references.used(false)
    throw error
  }
}

/** `DELETE` on a document: what lies in it goes along. */
export async function remove(call: Call, record: BusinessRecord): Promise<Answer> {
  if (isFixed(record)) throw new Refusal('FORBIDDEN', `the ${typeNameOf(record)} cannot be removed`)
  await call.services.sessions.removeDocument(call.principal, record.uid)
  return empty(204)
}

/**
 * Contract, section 5: the name is "trimmed, cut at 24 characters, `/` and `\` → `-`. Already taken → a dot and epoch
 * millis are appended". Null when nothing is left.
 */
function namesFrom(given: string): Iterable<string> | null {
  const cut = given.trim().slice(0, NAME)
  // A pair of surrogates is not cut in two.
  const name = (cut.isWellFormed() ? cut : cut.slice(0, -1)).trim().replace(/[/\\]/g, '-')
  if (name === '') return null
  return {
    *[Symbol.iterator]() {
      yield name
      for (let at = Date.now(); ; at += 1) yield `${name}.${at}`
    },
  }
}

/** `GET …/@children`, a page of documents. */
export async function children(call: Call, record: BusinessRecord): Promise<Answer> {
  const { services, principal, exchange } = call
  const number = (name: string, fallback: number, most: number): number => {
    const given = exchange.query.get(name) ?? ''
    return /^\d{1,9}$/.test(given) ? Math.min(Number(given), most) : fallback
  }
  const pageSize = Math.max(1, number('pageSize', 50, 1000))
  const index = number('currentPageIndex', 0, 1_000_000)
  const { records, total } = await services.db.records.list({
    tenant: principal.tenant,
    table: TABLE,
    viewer: principal.userID,
    parent: record.uid,
    order: { by: 'name', descending: false },
    limit: pageSize,
    offset: index * pageSize,
  })
  const base = (await pathOf(call, record)).replace(/\/$/, '')
  const entries = []
  for (const child of records) entries.push(await documentJSON(call, child, `${base}/${child.name}`))
  return json(200, pageJSON(entries, { index, pageSize, total }), {
    'content-type': 'application/json; charset=UTF-8',
  })
}

function pageJSON(
  entries: unknown[],
  { index, pageSize, total }: Record<'index' | 'pageSize' | 'total', number>,
) {
  const pages = Math.ceil(total / pageSize)
  return {
    'entity-type': 'documents',
    isPaginable: true,
    resultsCount: total,
    pageSize,
    maxPageSize: 1000,
    currentPageSize: entries.length,
    currentPageIndex: index,
    currentPageOffset: index * pageSize,
    numberOfPages: pages,
    isPreviousPageAvailable: index > 0,
    isNextPageAvailable: index + 1 < pages,
    isLastPageAvailable: true,
    isSortable: true,
    hasError: false,
    errorMessage: null,
    totalSize: total,
    pageIndex: index,
    pageCount: pages,
    entries,
  }
}
