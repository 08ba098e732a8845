import { type Answer, download, json } from '#http'
import type { Entry } from '#records'
import type { Call } from './caller.ts'
import { type Document, readDocument, text } from './document.ts'
import { Ended, problem } from './errors.ts'
import { asJSON, typeOf } from './file.ts'
import { page, readQuery } from './model-query.ts'
import { FILE_TABLES, fileEntry, listRows, rowOf, rowOfNew } from './model-rows.ts'
import { isStrict, type Services } from './services.ts'

export const FAILED = 'Save error'

const keyOf = ({ params }: Call): { table: string; key: string } => ({
  table: params.table ?? '',
  key: params.key ?? '',
})

/** `GET v1/models/{table}` */
export async function list(services: Services, call: Call): Promise<Answer> {
  const query = readQuery(call.query)
  const { rows, total } = await listRows(services, call.caller, keyOf(call).table, query)
  return json(200, page(rows, total, query))
}

/** `GET v1/models/{table}/{id or uid}` */
export async function get(services: Services, call: Call): Promise<Answer> {
  const { table, key } = keyOf(call)
  return json(200, await rowOf(services, call.caller, table, key))
}

/** `POST v1/models/{table}`: `Name`, and whatever members the record shall have besides. */
export async function create(services: Services, call: Call): Promise<Answer> {
  const { table } = keyOf(call)
  const document = await readDocument(call)
  if (FILE_TABLES[table] !== undefined)
    throw new Ended(problem(400, FAILED, `rows of ${table} are made by uploads and copies`))
  const record = await services.records.create(call.caller, {
    table,
    name: nameOf(document ?? {}),
    fields: fieldsOf(document ?? {}),
  })
  return json(201, rowOfNew(record))
}

/** `PUT v1/models/{table}/{id}`: members to set, the others stay. */
export async function update(services: Services, call: Call): Promise<Answer> {
  const { table, key } = keyOf(call)
  const document = (await readDocument(call)) ?? {}
  if (FILE_TABLES[table] !== undefined)
    throw new Ended(problem(400, FAILED, `rows of ${table} do not change`))
  const name = NAMES.some((member) => document[member] !== undefined) ? { name: nameOf(document) } : {}
  const change = { ...name, fields: fieldsOf(document) }
  return json(200, rowOfNew(await services.records.update(call.caller, table, key, change)))
}

/** `DELETE v1/models/{table}/{id}`: its attachments and archives go with it. */
export async function remove({ records, ...services }: Services, call: Call): Promise<Answer> {
  const { table, key } = keyOf(call)
  if (FILE_TABLES[table] === undefined) await records.remove(call.caller, table, key)
  else {
    const entry = await fileEntry({ records, ...services }, call.caller, table, key)
    await records.removeEntry(call.caller, entry.uid)
  }
  return json(200, { msg: 'Deleted' })
}

/** Members that name a record, the first that is given. */
const NAMES = ['Name', 'name', 'Value', 'DocumentNo', 'Description']
/** Members that are not the client's to choose. */
const FIXED = ['id', 'uid', 'model-name', 'Name', 'name', 'Created', 'CreatedBy', 'Updated']

function nameOf(document: Document): string {
  const name = NAMES.map((member) => text(document, member)).find((given) => given.trim() !== '')
  if (name === undefined) throw new Ended(problem(400, FAILED, 'Name is missing'))
  return name
}

const fieldsOf = (document: Document): Document =>
  Object.fromEntries(Object.entries(document).filter(([member]) => !FIXED.includes(member)))

/** `GET v1/models/{table}/{id}/attachments` */
export async function attachments(services: Services, call: Call): Promise<Answer> {
  const entries = await attachmentsOf(services, call)
  return json(200, {
    attachments: entries.map(({ uid, name, contentType, file, createdAt }) => ({
      name,
      contentType: typeOf(contentType, name),
      uid,
      size: file.size,
      created: new Date(createdAt).toISOString(),
    })),
  })
}

/** `GET v1/models/{table}/{id}/attachments/{fileName}` */
export async function attachment(services: Services, call: Call): Promise<Answer | null> {
  return serve(services, call, await attachmentOf(services, call))
}

/** `DELETE v1/models/{table}/{id}/attachments/{fileName}` */
export async function removeAttachment(services: Services, call: Call): Promise<Answer> {
  const { uid } = await attachmentOf(services, call)
  await services.records.removeEntry(call.caller, uid)
  return json(200, { msg: 'Deleted' })
}

async function attachmentsOf(services: Services, call: Call, name?: string): Promise<Entry[]> {
  const { table, key } = keyOf(call)
  if (FILE_TABLES[table] !== undefined) {
    await fileEntry(services, call.caller, table, key)
    return []
  }
  const query = { table, record: key, kind: 'ATTACHMENT', ...(name !== undefined && { name }) } as const
  return (await services.records.entries(call.caller, query)).entries
}

async function attachmentOf(services: Services, call: Call): Promise<Entry> {
  const name = call.params.fileName ?? ''
  const [entry] = await attachmentsOf(services, call, name)
  if (entry === undefined) throw new Ended(problem(404, 'No attachment entry found for name: ', name))
  return entry
}

/** `GET v1/models/AD_Image/{id}/BinaryData`, and `AD_Archive` */
export async function binaryData(services: Services, call: Call): Promise<Answer | null> {
  const { table, key } = keyOf(call)
  if (FILE_TABLES[table] === undefined) {
    await services.records.get(call.caller, table, key)
    throw new Ended(problem(404, 'Invalid column name', `${table} has no column BinaryData`))
  }
  return serve(services, call, await fileEntry(services, call.caller, table, key))
}

function serve(services: Services, call: Call, entry: Entry): Promise<null> {
  const { file, name, contentType, createdAt } = entry
  if (call.query.has('json') || (call.query.has('asJson') && !isStrict(services)))
    return asJSON(services, call, file, 'application/json')
  return download(call.req, call.res, {
    file,
    name,
    contentType: typeOf(contentType, name),
    modified: createdAt,
    bytes: (from, to) => services.sessions.bytes(file, from, to),
  })
}
