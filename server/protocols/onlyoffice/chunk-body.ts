import { invalid, Refusal } from '#errors'
import { bodyOf, boundaryOf, type Exchange, type Form, header, readForm } from '#http'
import type { Body, Session } from '#sessions'

/** "maximum chunk 128 MiB by default" */
export const LARGEST = 128 * 1024 * 1024

const NO_FILES = 'HttpRequest.Files is empty'
const noFiles = (): Refusal => new Refusal('INVALID', NO_FILES, { field: 'file' })

/** Bytes the rest of a form may take besides its file. */
const BESIDES = 1024 * 1024
const tooLarge = (): Refusal =>
  new Refusal('TOO_LARGE', `a chunk may have at most ${LARGEST} bytes`, { limit: LARGEST })

const isForm = (type: string | undefined): boolean =>
  boundaryOf(type) !== null || type?.toLowerCase().startsWith('multipart/') === true

/** The form of a request, if it is one. */
export async function formOf({ req }: Exchange): Promise<Form | null> {
  const type = header(req, 'content-type')
  return isForm(type) ? readForm(bodyOf(req), type, { file: null }) : null
}

/**
 * The bytes of one chunk: the first file of a form, in a field of any name, or the body itself when it is no document.
 * A form is opened when its bytes are asked for, so that chunks keep the order in which their requests came.
 * @throws Refusal INVALID, TOO_LARGE, where the head of the request tells
 */
export function chunkBody({ req }: Exchange, opened: Form | null): Body {
  if (opened !== null) return fileOf(opened)
  const type = header(req, 'content-type')
  const source = bodyOf(req)
  if (!isForm(type)) {
    if (type === undefined && source.length === 0) throw noFiles()
    if (type !== undefined && /^text\/|\bjson\b|urlencoded/i.test(type)) throw noFiles()
    if (source.length !== null && source.length > LARGEST) throw tooLarge()
    return source
  }
  // A part in base64 takes a third more.
  if (source.length !== null && source.length > LARGEST * 1.4 + BESIDES) throw tooLarge()
  return {
    length: null,
    stop: (reason) => source.stop(reason),
    async *[Symbol.asyncIterator]() {
      const form = await readForm(source, type, { file: null })
      try {
        yield* fileOf(form)
      } finally {
        form.close()
      }
    },
  }
}

function fileOf({ file }: Form): Body {
  if (file === null) throw noFiles()
  return file.body
}

/**
 * A chunk whose rules are kept while it passes: its largest size, and what `whole` refuses of its whole length, before
 * it counts.
 */
export function guarded(body: Body, whole: (length: number) => Promise<void> | void): Body {
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
  /** bytes of the whole file; null when they are not told */
  readonly total: number | null
}

/** "if a chunk carries `Content-Range` (or query `offset=`), use it". @throws Refusal INVALID */
export function placeOf({ req, query }: Exchange): Place | null {
  const range = header(req, 'content-range')
  if (range !== undefined) {
    const [, first = '', last = '', all = ''] =
      /^\s*bytes\s+(\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)\s*$/i.exec(range) ?? []
    const [start, end, total] = [Number(first), Number(last), all === '*' ? null : Number(all)]
    if (first !== '' && end >= start) return { start, length: end - start + 1, total }
    throw invalid('Content-Range', 'must be "bytes first-last/total"')
  }
  const offset = query.get('offset')
  if (offset === null) return null
  if (/^\d{1,15}$/.test(offset)) return { start: Number(offset), length: null, total: null }
  throw invalid('offset', 'must be a whole number of bytes')
}

/**
 * The size of a file that was begun without one, as its `Content-Range` tells it. Where a size was declared, that counts
 * ("ignore them, do not validate"). @throws Refusal INVALID
 */
export function sizeTold({ size }: Session, place: Place | null): number | null {
  const { start = 0, length, total = null } = place ?? {}
  if (size !== null || total === null) return size
  if (start + (length ?? 0) <= total) return total
  throw invalid('Content-Range', `ends behind the ${total} bytes it says the file has`)
}

export function assertLength({ length }: Place, received: number): void {
  if (length === null || length === received) return
  throw invalid('Content-Range', `says ${length} bytes, but ${received} have come`)
}
