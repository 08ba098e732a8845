import { type Answer, json } from '#http'
import type { Entry } from '#records'
import { LOCATIONS, type Location } from '#sessions'
import type { Call } from './caller.ts'
import { type Document, readDocument, text } from './document.ts'
import { bare, Ended, plainError, problem } from './errors.ts'
import { finishedFile } from './file.ts'
import { isStrict, type Services } from './services.ts'

export const FAILED = 'Save error'

/** Section 10: "integer text or UUID (8-4-4-4-12 hex, any case)". */
const KEY = /^(?:\d{1,15}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/

/** `POST v1/uploads/{uploadId}/copy`, section 10; the checks in the order of section 2.1. */
export async function copy(services: Services, call: Call): Promise<Answer> {
  const { sessions } = services
  const { session } = await finishedFile(services, call)
  const document = await readDocument(call)
  if (document === null)
    throw new Ended(isStrict(services) ? bare(500) : problem(400, FAILED, 'the request has no body'))
  const location = locationOf(document)
  const target = location === 'IMAGE' ? FREE : targetOf(document, isStrict(services))
  const entry = await sessions.copy(call.caller, session.id, { location, ...target })
  return json(200, {
    uploadId: session.id,
    ...(await destinationOf(services, call, entry, target.table)),
    copyLocation: location,
    fileName: session.fileName ?? '',
    contentType: session.contentType,
    fileSize: entry.file.size,
  })
}

/** "IMAGE: nothing (tableName/recordId ignored)" */
const FREE = { table: null, record: null }

function locationOf(document: Document): Location {
  const given = text(document, 'copyLocation')
  if (given.trim() === '') throw new Ended(plainError('copyLocation is required in request.'))
  const location = LOCATIONS.find((one) => one === given)
  if (location === undefined) throw new Ended(plainError('Invalid copyLocation in request.'))
  return location
}

function targetOf(document: Document, strict: boolean): { table: string; record: string } {
  const table = text(document, 'tableName')
  const record = text(document, 'recordId')
  if (table.trim() === '' || record.trim() === '')
    throw new Ended(plainError('tableName and recordId are required in request.'))
  const key = record.trim().toLowerCase()
  if (KEY.test(key)) return { table, record: key }
  throw new Ended(
    strict ? bare(500) : problem(400, FAILED, `recordId must be an integer or a UUID, not ${record}`),
  )
}

/** "ATTACHMENT: the target record's id, uuid […] ARCHIVE: `AD_Archive` / new archive id / uuid" */
async function destinationOf({ records }: Services, { caller }: Call, entry: Entry, table: string | null) {
  if (entry.kind !== 'ATTACHMENT')
    return {
      tableName: entry.kind === 'IMAGE' ? 'AD_Image' : 'AD_Archive',
      recordId: entry.id,
      recordUU: entry.uid,
    }
  const record = await records.get(caller, table, entry.record ?? '')
  return { tableName: table, recordId: record.id, recordUU: record.uid }
}
