import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { StoredFile } from '#records'
import { precondition, rangeCounts, type Validators } from './conditional.ts'
import { header } from './exchange.ts'
import { dispositionOf } from './file-name.ts'
import { parseRange, type RangeRequest } from './range.ts'

export interface Download {
  readonly file: StoredFile
  readonly name: string
  /** as declared; `application/octet-stream` when null, or when no header can carry it */
  readonly contentType: string | null
  /** milliseconds since 1970 */
  readonly modified: number | null
  /** with its quotes (default: the SHA-256) */
  readonly etag?: string
  /** `inline` is kept to types that cannot run; anything else stays `attachment` (default) */
  readonly disposition?: 'attachment' | 'inline'
  /** how the name is put into `Content-Disposition` (default: `dispositionOf`) */
  readonly naming?: (type: 'attachment' | 'inline', name: string) => string
  /** added last, so they win */
  readonly headers?: Readonly<Record<string, string>>
  /** what several ranges at once are answered with: the whole file (default), or 416 */
  readonly severalRanges?: 'whole' | 'refuse'
  /** bytes `from` to `to`, exclusive */
  readonly bytes: (from: number, to: number) => AsyncIterable<Buffer>
}

/** Types that a browser shows without running anything of theirs. */
const SHOWN =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp)|application\/pdf|audio\/[\w.+-]+|video\/[\w.+-]+|text\/plain)$/i
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;[\t\x20-\x7e]*)?$/
/** Nothing of an upload runs on our origin; the PDF viewers of browsers do not work in a sandbox. */
const POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
const SANDBOX = `${POLICY}; frame-ancestors 'self'; sandbox`
const PDF = `${POLICY}; frame-ancestors 'self'; object-src 'self'`

/**
 * Serves a stored file to GET or HEAD: validators, preconditions, single ranges, one `Content-Disposition`. Resolves
 * when the answer is out or the client is gone; rejects, before anything was sent, when the first byte cannot be read.
 */
export async function download(req: IncomingMessage, res: ServerResponse, what: Download): Promise<null> {
  const { file } = what
  const validators: Validators = { etag: what.etag ?? `"${file.digests.sha256}"`, modified: what.modified }
  const headers = headersOf(what, validators)
  const status = precondition(req, validators)
  if (status !== null) return end(res, status, headers)
  const wanted = rangeOf(req, what, validators)
  if (wanted.kind === 'unsatisfiable')
    return end(res, 416, { ...headers, 'content-range': `bytes */${file.size}`, 'content-length': '0' })
  const [start, last] = wanted.kind === 'part' ? [wanted.start, wanted.end] : [0, file.size]
  const described = {
    'content-length': String(last - start),
    ...(wanted.kind === 'part' && { 'content-range': `bytes ${start}-${last - 1}/${file.size}` }),
  }
  const code = wanted.kind === 'part' ? 206 : 200
  if (req.method === 'HEAD' || last === start) return end(res, code, { ...headers, ...described })
  await stream(res, what.bytes(start, last), () => res.writeHead(code, { ...headers, ...described }))
  return null
}

function rangeOf(req: IncomingMessage, what: Download, validators: Validators): RangeRequest {
  // RFC 9110, 14.2: "GET is the only method for which range handling is defined."
  if (req.method !== 'GET' || !rangeCounts(req, validators)) return { kind: 'whole' }
  const wanted = parseRange(header(req, 'range'), what.file.size)
  if (wanted.kind !== 'several') return wanted
  return { kind: what.severalRanges === 'refuse' ? 'unsatisfiable' : 'whole' }
}

function headersOf(what: Download, { etag, modified }: Validators): Record<string, string> {
  const { naming = dispositionOf } = what
  const declared = what.contentType?.trim() ?? ''
  const type = MEDIA_TYPE.test(declared) ? declared : 'application/octet-stream'
  const [essence = ''] = type.split(';')
  const shown = what.disposition === 'inline' && SHOWN.test(essence.trim())
  return {
    'content-type': type,
    'content-disposition': naming(shown ? 'inline' : 'attachment', what.name),
    'x-content-type-options': 'nosniff',
    'content-security-policy': shown && essence.toLowerCase() === 'application/pdf' ? PDF : SANDBOX,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    etag,
    ...(modified !== null && { 'last-modified': new Date(modified).toUTCString() }),
    ...what.headers,
  }
}

function end(res: ServerResponse, status: number, headers: Record<string, string>): null {
  if (status === 304 || status === 412) {
    const { 'content-type': _, 'content-disposition': __, ...kept } = headers
    res.writeHead(status, status === 412 ? { ...kept, 'content-length': '0' } : kept).end()
    return null
  }
  res.writeHead(status, headers).end()
  return null
}

/** What `pipeline` says when the client has left. */
const LEFT = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_UNABLE_TO_PIPE', 'ERR_STREAM_DESTROYED'])

/** Begins the answer once the first piece is in hand, then goes at the client's pace. */
async function stream(res: ServerResponse, bytes: AsyncIterable<Buffer>, begin: () => void): Promise<void> {
  const pieces = bytes[Symbol.asyncIterator]()
  async function* all(first: IteratorResult<Buffer>): AsyncGenerator<Buffer> {
    for (let piece = first; piece.done !== true; piece = await pieces.next()) yield piece.value
  }
  try {
    const first = await pieces.next()
    begin()
    await pipeline(Readable.from(all(first)), res)
  } catch (error) {
    // Nobody is left to tell. Anything else broke on our side.
    if (!LEFT.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    await pieces.return?.()
  }
}
