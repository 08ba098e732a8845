import { invalid, Refusal } from '#errors'
import { bodyOf, boundaryOf, type Exchange, type Form, header, readForm } from '#http'
import type { Body } from '#sessions'

/** "maximum chunk 128 MiB by default" */
export const LARGEST = 128 * 1024 * 1024

const NO_FILES = 'HttpRequest.Files is empty'
const noFiles = (): Refusal => new Refusal('INVALID', NO_FILES, { field: 'file' })

/** The form of a request, if it is one. */
export async function formOf({ req }: Exchange): Promise<Form | null> {
  const type = header(req, 'content-type')
  if (boundaryOf(type) === null && type?.toLowerCase().startsWith('multipart/') !== true) return null
  return readForm(bodyOf(req), type, { file: null })
}

/**
 * The bytes of one chunk: the first file of a form, in a field of any name, or the body itself when it is no document.
 * @throws Refusal INVALID
 */
export function chunkBody(exchange: Exchange, form: Form | null): Body {
  if (form === null) return rawBody(exchange)
  if (form.file === null) throw noFiles()
  return form.file.body
}

export function rawBody({ req }: Exchange): Body {
  const type = header(req, 'content-type')
  const body = bodyOf(req)
  if (type === undefined && body.length === 0) throw noFiles()
  if (type !== undefined && /^text\/|\bjson\b|urlencoded/i.test(type)) throw noFiles()
  return body
}

/**
 * A chunk whose rules are kept while it passes: its largest size, and what `whole` refuses of its whole length, before
 * it counts. @throws Refusal TOO_LARGE when its announced length alone tells
 */
export function guarded(body: Body, whole: (length: number) => Promise<void> | void): Body {
  const tooLarge = (): Refusal =>
    new Refusal('TOO_LARGE', `a chunk may have at most ${LARGEST} bytes`, { limit: LARGEST })
  if (body.length !== null && body.length > LARGEST) throw tooLarge()
  return {
    length: body.length,
    stop: (reason) => body.stop(reason),
    async *[Symbol.asyncIterator]() {
      let length = 0
      for await (const piece of body) {
        length += piece.length
        if (length > LARGEST) throw tooLarge()
        yield piece
      }
      await whole(length)
    },
  }
}

/** A chunk's place in the file, where the client tells it. */
export interface Place {
  /** first byte */
  readonly start: number
  /** bytes; null when only the beginning is told */
  readonly length: number | null
}

/** "if a chunk carries `Content-Range` (or query `offset=`), use it". @throws Refusal INVALID */
export function placeOf({ req, query }: Exchange): Place | null {
  const range = header(req, 'content-range')
  if (range !== undefined) {
    const [, first = '', last = ''] = /^\s*bytes\s+(\d{1,15})-(\d{1,15})\/(?:\d+|\*)\s*$/i.exec(range) ?? []
    const [start, end] = [Number(first), Number(last)]
    if (first !== '' && end >= start) return { start, length: end - start + 1 }
    throw invalid('Content-Range', 'must be "bytes first-last/total"')
  }
  const offset = query.get('offset')
  if (offset === null) return null
  if (/^\d{1,15}$/.test(offset)) return { start: Number(offset), length: null }
  throw invalid('offset', 'must be a whole number of bytes')
}

export function assertLength({ length }: Place, received: number): void {
  if (length === null || length === received) return
  throw invalid('Content-Range', `says ${length} bytes, but ${received} have come`)
}
