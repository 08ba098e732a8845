import { type Answer, dispositionOf, download, header } from '#http'
import type { BusinessRecord, Entry } from '#records'
import { blobAt, blobsOf, indexOf, listSlot, MAIN, nameOf } from './blobs.ts'
import { empty } from './errors.ts'
import type { Call } from './services.ts'

/** `GET …/@blob/{xpath}` and `GET /nxfile/…` */
export async function read(call: Call, record: BusinessRecord, xpath: string): Promise<Answer | null> {
  return serve(call, blobAt(await blobsOf(call, record), xpath), record.updatedAt)
}

/** The bytes of an entry. Contract, section 6: whatever `Accept` says. */
export function serve(call: Call, entry: Entry, modified: number): Promise<null> {
  const { exchange, services } = call
  const { file, contentType } = entry
  if (call.strict) ignoreRangeBeyond(call, file.size)
  return download(exchange.req, exchange.res, {
    file,
    name: nameOf(entry) ?? '',
    contentType,
    modified,
    naming,
    etag: `"${file.digests.md5 ?? file.digests.sha256}"`,
    disposition: exchange.query.get('inline') === 'true' ? 'inline' : 'attachment',
    headers: digestHeaders(call, entry),
    bytes: (from, to) => services.sessions.bytes(file, from, to),
  })
}

/** Characters of a name that a header carries whole. */
const WHOLE = 2000

/** Contract: "always ASCII, at most one `filename`, and the whole name in `filename*` when it is not ASCII". */
export function naming(type: 'attachment' | 'inline', name: string): string {
  if (/^[\0-\x7f]*$/.test(name) || name.length > WHOLE * 2) return dispositionOf(type, name)
  const encoded = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, hex)
  return `${type}; filename*=UTF-8''${encoded}`
}

const hex = (letter: string): string => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`

/** Contract, section 6: "`Want-Digest: md5` → `Digest: md5=<base64>`; `contentMD5` → `Content-MD5` (no range only)". */
function digestHeaders({ exchange: { req } }: Call, { file }: Entry): Record<string, string> {
  const wanted = header(req, 'want-digest')?.toLowerCase() ?? ''
  const { md5 } = file.digests
  if (md5 === undefined) return {}
  const value = Buffer.from(md5, 'hex').toString('base64')
  if (wanted.includes('contentmd5') && header(req, 'range') === undefined) return { 'content-md5': value }
  return wanted.includes('md5') ? { digest: `md5=${value}` } : {}
}

/** The original never answers 416 (contract, section 6). */
function ignoreRangeBeyond({ exchange: { req } }: Call, size: number): void {
  const start = /^\s*bytes\s*=\s*(\d+)\s*-/i.exec(header(req, 'range') ?? '')?.[1]
  if (start !== undefined && Number(start) >= size) delete req.headers.range
}

/** `DELETE …/@blob/{xpath}`: the place stays, without a blob. */
export async function remove(call: Call, record: BusinessRecord, xpath: string): Promise<Answer> {
  const { main, list } = await blobsOf(call, record)
  const entry = blobAt({ main, list }, xpath)
  const slot = entry.uid === main?.uid ? MAIN : listSlot(list.findIndex((one) => one?.uid === entry.uid))
  const placed = entry.slot === MAIN || indexOf(entry.slot) !== null
  if (placed)
    await call.services.sessions.saveDocument(call.principal, {
      document: record.uid,
      slots: new Map([[slot, null]]),
    })
  return placed ? empty(204) : empty(404)
}
