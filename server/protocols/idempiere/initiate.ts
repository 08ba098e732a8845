import { assertWriter } from '#accounts'
import type { Answer } from '#http'
import { json } from '#http'
import { LOCATIONS, type Location, type NewSession } from '#sessions'
import type { Call } from './caller.ts'
import { type Document, integer, readDocument, text } from './document.ts'
import { bare, Ended, plainError, problem } from './errors.ts'
import { presign } from './presign.ts'
import { isStrict, type Services } from './services.ts'
import { LATEST, localDateTime } from './time.ts'
import type { Attributes } from './view.ts'

/** "`expiresInSeconds` absent: 24 hours", ms. */
const DAY = 24 * 60 * 60_000
/** Columns of the original: "over-long -> silently truncated to 255". */
const COLUMN = 255
/** Characters a content type may have. */
const TYPE = 4096
/** Control characters and line separators, which no name needs and no header carries. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u
/** RFC 9110, 5.5: what a field value may hold. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

export const FAILED = 'Failed to initiate upload'

/** `POST v1/uploads`, section 1.1. */
export async function initiate(services: Services, call: Call): Promise<Answer> {
  const strict = isStrict(services)
  assertWriter(call.caller)
  const document = await readDocument(call)
  if (document === null) throw new Ended(strict ? bare(500) : refused('the request has no body', false))
  const request = strict ? readExactly(document) : read(document)
  const life = lifeOf(services, document, strict)
  const session = await services.sessions.create(call.caller, { ...request, protocol: 'idempiere', life })
  const link = presign(
    services.accounts,
    {
      owner: call.caller.userID,
      method: 'PUT',
      // "PUT link = `v1/uploads/<id>/chunks` (all chunk numbers)"
      path: `v1/uploads/${session.id}/chunks`,
      from: session.createdAt,
      life: Math.floor(life.ms / 1000),
    },
    strict,
  )
  return json(201, {
    uploadId: session.id,
    chunkSize: (request.attributes as Attributes).chunkSize,
    expiresAt: localDateTime(session.expiresAt, strict),
    presignedURL: `v1/uploads/${session.id}/chunks/{chunkOrder}?${link}`,
  })
}

/** "missing fileName / sha256, any save failure": 400 here, 500 in the original. */
const refused = (why: string, strict: boolean): Answer => problem(strict ? 500 : 400, FAILED, why)

function read(document: Document): Omit<NewSession, 'life' | 'protocol'> {
  const location = locationOf(document)
  const fileName = text(document, 'fileName')
  const sha256 = text(document, 'sha256')
  const contentType = text(document, 'contentType')
  if (fileName.trim() === '') throw new Ended(refused('fileName is missing', false))
  if (CONTROL.test(fileName) || !fileName.isWellFormed())
    throw new Ended(refused('fileName has control characters', false))
  if (sha256.trim() === '') throw new Ended(refused('sha256 is missing', false))
  if (contentType.length > TYPE || !FIELD_VALUE.test(contentType))
    throw new Ended(refused('contentType is nothing that a header can carry', false))
  return {
    fileName,
    contentType: contentType.trim() || null,
    declared: { sha256 },
    ...common(document, location, false),
  }
}

/** As the original reads it: cut off, unchecked, compared as text, unknown members refused. */
function readExactly(document: Document): Omit<NewSession, 'life' | 'protocol'> {
  const unknown = Object.keys(document).find((name) => !MEMBERS.includes(name))
  if (unknown !== undefined) throw new Ended(bare(400, `Unrecognized field "${unknown}"`))
  const location = locationOf(document)
  const fileName = cutOff(text(document, 'fileName'))
  const sha256 = text(document, 'sha256')
  if (fileName === '' || fileName.includes('\0') || !fileName.isWellFormed())
    throw new Ended(refused('fileName: a value is required', true))
  if (sha256 === '') throw new Ended(refused('sha256: a value is required', true))
  const contentType = text(document, 'contentType').slice(0, COLUMN)
  return {
    fileName,
    contentType: contentType.trim() === '' ? null : contentType.toWellFormed().replaceAll('\0', ''),
    declared: { sha256: sha256.toWellFormed().replaceAll('\0', '') },
    declaredAs: 'text',
    ...common(document, location, true),
  }
}

/** Never in the middle of a character that takes two. */
const cutOff = (name: string): string => {
  const cut = name.slice(0, COLUMN)
  return name.isWellFormed() && !cut.isWellFormed() ? cut.slice(0, -1) : cut
}

const MEMBERS = [
  'fileName',
  'contentType',
  'fileSize',
  'chunkSize',
  'sha256',
  'uploadLocation',
  'expiresInSeconds',
]

function common(document: Document, location: Location, strict: boolean) {
  const fileSize = integer(document, 'fileSize') ?? 0
  const chunkSize = integer(document, 'chunkSize') ?? 0
  return {
    location,
    // "0 means "unknown" […] Negative is accepted too"
    size: fileSize > 0 ? fileSize : null,
    chunkSize: chunkSize > 0 && Number.isSafeInteger(chunkSize) ? chunkSize : null,
    // "Order is 1..N"
    firstChunk: 1,
    attributes: { fileSize, chunkSize } satisfies Attributes,
    // Section 11: "IMAGE: new AD_Image"
    target: location === 'IMAGE' ? { table: null, record: null, unremarked: strict } : null,
  }
}

function locationOf(document: Document): Location {
  const given = text(document, 'uploadLocation')
  if (given.trim() === '') return 'ARCHIVE'
  const location = LOCATIONS.find((one) => one === given)
  if (location === undefined) throw new Ended(plainError('Invalid uploadLocation in request.'))
  return location
}

/** An explicit life is counted from now; one that was not asked for is renewed by activity. */
function lifeOf({ config }: Services, document: Document, strict: boolean): NewSession['life'] {
  const given = integer(document, 'expiresInSeconds')
  if (given === null && !strict) return { ms: config.sessionTTL ?? DAY, sliding: true }
  const ms = (given ?? 0) * 1000
  const end = Date.now() + ms
  if (end <= LATEST && end >= 0) return { ms, sliding: false }
  // "absurd expiresInSeconds (date overflow)"
  throw new Ended(strict ? bare(500) : refused('expiresInSeconds leads to no date there is', false))
}
