import { type Answer, header, json } from '#http'
import type { BusinessRecord, Entry } from '#records'
import { type Blobs, blobsOf, listSlot, MAIN, nameOf } from './blobs.ts'
import type { Call } from './services.ts'
import { pathOf } from './tree.ts'
import { prefixOf, typeNameOf, typeOf } from './types.ts'

const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' }

/** The document as an answer; `path` when it is known already. */
export async function answerDocument(call: Call, status: number, record: BusinessRecord): Promise<Answer> {
  return json(status, await documentJSON(call, record), JSON_TYPE)
}

/** Contract, section 5, "Document JSON". */
export async function documentJSON(call: Call, record: BusinessRecord, path?: string) {
  const type = typeOf(record)
  const properties = await propertiesOf(call, record)
  return {
    'entity-type': 'document',
    repository: 'default',
    uid: record.uid,
    path: path ?? (await pathOf(call, record)),
    type: typeNameOf(record),
    state: type.folder ? 'undefined' : 'project',
    parentRef: record.parent,
    isCheckedOut: true,
    isRecord: false,
    retainUntil: null,
    hasLegalHold: false,
    isUnderRetentionOrLegalHold: false,
    isVersion: false,
    isProxy: false,
    changeToken: changeToken(record),
    isTrashed: false,
    title: titleOf(record),
    lastModified: iso(record.updatedAt),
    ...(properties === null ? {} : { properties }),
    facets: type.facets,
    schemas: type.schemas.map((name) => ({ name, prefix: prefixOf(name) })),
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
const changeToken = ({ updatedAt }: BusinessRecord): string => `0-${updatedAt}`

function titleOf({ fields, name }: BusinessRecord): string {
  const title = fields['dc:title']
  return typeof title === 'string' ? title : name
}

/** The schemas whose properties are asked for; null when none are, which only strict mode takes at its word. */
function asked({ exchange, strict }: Call): ReadonlySet<string> | '*' | null {
  const { req, query } = exchange
  const given =
    header(req, 'properties') ??
    header(req, 'x-nxdocumentproperties') ??
    query.get('properties') ??
    query.get('X-NXDocumentProperties')
  if (given === undefined || given === null) return strict ? null : '*'
  const names = given.split(',').map((name) => name.trim())
  return names.includes('*') ? '*' : new Set(names)
}

async function propertiesOf(call: Call, record: BusinessRecord): Promise<Record<string, unknown> | null> {
  const wanted = asked(call)
  if (wanted === null) return null
  const schemas = typeOf(record).schemas.filter((schema) => wanted === '*' || wanted.has(schema))
  const holdsFiles = schemas.includes('file') || schemas.includes('files')
  const blobs = holdsFiles ? await blobsOf(call, record) : { main: null, list: [] }
  const properties: Record<string, unknown> = {}
  for (const schema of schemas) Object.assign(properties, MEMBERS[schema]?.(call, record, blobs))
  return properties
}

type Members = (call: Call, record: BusinessRecord, blobs: Blobs) => Record<string, unknown>

const MEMBERS: Readonly<Record<string, Members>> = {
  common: () => ({ 'common:icon': null, 'common:icon-expanded': null }),
  dublincore: (_, record) => dublinCore(record),
  file: (call, record, { main }) => ({ [MAIN]: blobJSON(call, record, main, MAIN) }),
  files: (call, record, { list }) => ({
    'files:files': list.map((entry, index) => ({ file: blobJSON(call, record, entry, listSlot(index)) })),
  }),
}

/** Members of `dublincore` that a client may set, and their values while it has not. */
export const DUBLIN_CORE = {
  'dc:title': null,
  'dc:description': null,
  'dc:subjects': [],
  'dc:rights': null,
  'dc:source': null,
  'dc:coverage': null,
  'dc:issued': null,
  'dc:valid': null,
  'dc:expired': null,
  'dc:format': null,
  'dc:language': null,
  'dc:nature': null,
  'dc:publisher': null,
} as const

function dublinCore({ fields, createdBy, createdAt, updatedAt }: BusinessRecord): Record<string, unknown> {
  const set = Object.entries(DUBLIN_CORE).map(([name, fallback]) => [name, fields[name] ?? fallback])
  return {
    ...(Object.fromEntries(set) as Record<string, unknown>),
    'dc:creator': createdBy,
    'dc:contributors': [createdBy],
    'dc:lastContributor': createdBy,
    'dc:created': iso(createdAt),
    'dc:modified': iso(updatedAt),
  }
}

/** Contract, section 5: "`length` is a string; no blob → `null`". */
function blobJSON(
  { exchange }: Call,
  record: BusinessRecord,
  entry: Entry | null,
  xpath: string,
): Record<string, unknown> | null {
  if (entry === null) return null
  const { md5, sha256 } = entry.file.digests
  const name = nameOf(entry)
  const base = `${exchange.origin}/nuxeo`
  // RFC 3986, 5.2.4: dots alone are taken for steps in a path, however they are encoded.
  const file = name === null || /^\.{1,2}$/.test(name) ? '' : `/${encodeURIComponent(name.toWellFormed())}`
  return {
    name,
    'mime-type': entry.contentType,
    encoding: null,
    digestAlgorithm: md5 === undefined ? 'SHA-256' : 'MD5',
    digest: md5 ?? sha256,
    length: String(entry.file.size),
    data: `${base}/nxfile/default/${record.uid}/${xpath}${file}?changeToken=${changeToken(record)}`,
    blobUrl: `${base}/api/v1/repo/default/id/${record.uid}/@blob/${xpath}`,
  }
}
