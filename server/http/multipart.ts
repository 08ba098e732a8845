import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import busboy from 'busboy'
import { invalid, Refusal } from '#errors'
import type { Body } from '#sessions'
import { readBody } from './body.ts'
import { decodeBase64 } from './multipart-base64.ts'
import { boundaryOf, sniffBoundary } from './multipart-boundary.ts'
import { Normalizer } from './multipart-normalize.ts'

/** Parts a form may have. */
const PARTS = 100
/** Bytes the value of a field may have. */
const FIELD = 64 * 1024
/** Bytes of a file that may wait unread. */
const AHEAD = 256 * 1024

export interface FormOptions {
  /** name of the part that carries the file, with or without a file name; null: the first file, whatever its name */
  readonly file: string | null
  /** files a form may have, others than the wanted one included (default: any number) */
  readonly files?: number
}

export interface FormFile {
  readonly name: string | null
  /** as sent, UTF-8, path and all; null when the part has none */
  readonly fileName: string | null
  /** media type of the part; `text/plain` where it names none (RFC 7578, 4.4) */
  readonly contentType: string
  /**
   * The file's bytes, decoded. Ends only when the rest of the form has been read and was whole, so that whatever counts
   * a file with its body knows all fields; throws a Refusal INVALID when it was not.
   */
  readonly body: Body
}

export interface Form {
  /** those before the file at first, all once its body was read to the end */
  readonly fields: ReadonlyMap<string, string>
  readonly file: FormFile | null
  /** Stops reading. Needed where the file's body is not read to its end. */
  close(): void
}

/**
 * Reads a multipart form as its bytes come, a file in no more memory than the bytes on their way. Resolves when the file
 * begins, or when the form ends without one. Taken as well: a boundary on any content type, or on none when the body
 * begins with it; parts that say `attachment`; base64. Other files than the wanted one are read away.
 * @throws Refusal INVALID (`field` is `multipart` or the name of a field) for what is no form, or not whole
 */
export async function readForm(
  body: Body,
  contentType: string | undefined,
  options: FormOptions,
): Promise<Form> {
  const pieces = body[Symbol.asyncIterator]()
  const head: Buffer[] = []
  const boundary = boundaryOf(contentType) ?? (await sniff(pieces, head))
  if (boundary === null) {
    await pieces.return?.()
    throw invalid('multipart', 'form expected, but the request body has no boundary')
  }
  const normalizer = new Normalizer({ boundary, file: options.file, parts: PARTS })
  const parser = parserFor(boundary)
  const form = collect(parser, normalizer, options, body)
  pump(chain(head, pieces), normalizer, parser).catch((error: unknown) => parser.destroy(error as Error))
  return form
}

async function sniff(pieces: AsyncIterator<Buffer>, head: Buffer[]): Promise<string | null> {
  for (;;) {
    const boundary = sniffBoundary(Buffer.concat(head))
    if (boundary !== undefined) return boundary
    const { value, done } = await pieces.next()
    if (done === true) return null
    head.push(value)
  }
}

async function* chain(head: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* head
  yield* { [Symbol.asyncIterator]: () => rest }
}

function parserFor(boundary: string): busboy.Busboy {
  const quoted = boundary.replace(/[\\"]/g, '\\$&')
  return busboy({
    headers: { 'content-type': `multipart/form-data; boundary="${quoted}"` },
    defParamCharset: 'utf8',
    preservePath: true,
    limits: { fieldSize: FIELD + 1 },
    highWaterMark: AHEAD,
    fileHwm: AHEAD,
  })
}

async function pump(
  pieces: AsyncIterable<Buffer>,
  normalizer: Normalizer,
  parser: busboy.Busboy,
): Promise<void> {
  for await (const piece of pieces) {
    for (const part of normalizer.push(piece)) {
      if (parser.destroyed) throw parser.errored ?? unread()
      if (!parser.write(part)) await once(parser, 'drain')
    }
  }
  normalizer.end()
  parser.end()
}

function collect(
  parser: busboy.Busboy,
  normalizer: Normalizer,
  options: FormOptions,
  source: Body,
): Promise<Form> {
  const fields = new Map<string, string>()
  let seen = 0
  const stop = (reason: Error): void => {
    parser.destroy(reason)
    source.stop(reason)
  }
  parser.on('field', (name: string | undefined, value, info) => {
    seen += 1
    const error = name === undefined ? null : addField(fields, name, value, info.encoding)
    if (error !== null) stop(error)
  })
  const whole = finished(parser).then(
    () => {
      if (seen < normalizer.parts) throw invalid('multipart', 'has a part whose name cannot be read')
    },
    (error: Error) => {
      throw error instanceof Refusal || !/^(Malformed|Unexpected|Multipart)/.test(error.message)
        ? error
        : invalid('multipart', `cannot be read: ${error.message.toLowerCase()}`)
    },
  )
  whole.catch(() => undefined)
  return new Promise((resolve, reject) => {
    let [found, files] = [false, 0]
    const close = (): void => stop(unread())
    parser.on('file', (name: string | undefined, stream, { filename, mimeType, encoding }) => {
      seen += 1
      stream.on('error', () => undefined)
      files += 1
      if (files > (options.files ?? Number.POSITIVE_INFINITY))
        stop(invalid('multipart', `may have at most ${options.files} file`))
      if (found || (options.file !== null && name !== options.file)) {
        stream.resume()
        return
      }
      found = true
      const body = bodyOfFile(stream, encoding, whole, stop)
      const file = { name: name ?? null, fileName: filename ?? null, contentType: mimeType, body }
      resolve({ fields, file, close })
    })
    whole.then(() => resolve({ fields, file: null, close }), reject)
  })
}

function bodyOfFile(
  stream: Readable,
  encoding: string,
  whole: Promise<void>,
  stop: (reason: Error) => void,
): Body {
  const raw = readBody(stream, null)
  const bytes = encoding === 'base64' ? decodeBase64(raw) : raw
  return {
    length: null,
    stop: (reason) => {
      raw.stop(reason)
      stop(reason)
    },
    async *[Symbol.asyncIterator]() {
      let complete = false
      try {
        yield* bytes
        await whole
        complete = true
      } finally {
        if (!complete) stop(unread())
      }
    },
  }
}

/** Why a field cannot be taken; null when it was. */
function addField(
  fields: Map<string, string>,
  name: string,
  value: string,
  encoding: string,
): Refusal | null {
  if (value.length > FIELD) return invalid(name, `may have at most ${FIELD} bytes`)
  const text = encoding === 'base64' ? Buffer.from(value, 'base64').toString() : value
  const before = fields.get(name)
  if (before !== undefined && before !== text) return invalid(name, 'is given twice, with different values')
  fields.set(name, text)
  return null
}

const unread = (): Error => new Error('the rest of the form is not wanted')
