import { invalid } from '#errors'
import { tolerated } from './multipart-header.ts'

/** Bytes that may come before the first boundary (RFC 2046, 5.1.1: a preamble is ignored). */
const PREAMBLE = 4096
/** Bytes one part's header may have. */
const HEADER = 16 * 1024
const CRLF = Buffer.from('\r\n')

export interface Norms {
  readonly boundary: string
  /** name of the part that is a file even without a file name */
  readonly file: string | null
  /** parts a form may have */
  readonly parts: number
}

/**
 * Turns a multipart body as clients send it into one a strict parser takes: part headers are rewritten (`tolerated`),
 * preamble, padding behind boundaries and epilogue left out. Bytes of parts pass through untouched and uncopied; what
 * is held back is a header, or the few bytes at the end of a piece that may begin a boundary.
 */
export class Normalizer {
  /** parts begun so far */
  parts = 0
  /** the closing boundary was seen */
  complete = false
  readonly #norms: Norms
  readonly #delimiter: Buffer
  #state: 'preamble' | 'boundary' | 'header' | 'content' = 'preamble'
  /** RFC 2046, 5.1.1: the line break before a boundary belongs to it; the first boundary needs none. */
  #held: Buffer = CRLF
  /** bytes at the front of the content that end the header */
  #lead = 0

  constructor(norms: Norms) {
    this.#norms = norms
    this.#delimiter = Buffer.from(`\r\n--${norms.boundary}`, 'latin1')
  }

  /** @throws Refusal INVALID */
  push(piece: Buffer): Buffer[] {
    const out: Buffer[] = []
    this.#held = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece])
    while (!this.complete && this.#step(this.#held, out));
    return out
  }

  /** @throws Refusal INVALID when the body ended without its closing boundary */
  end(): void {
    if (this.complete) return
    if (this.#state === 'preamble') throw noBoundary(this.#norms.boundary)
    throw invalid('multipart', 'ends without its closing boundary')
  }

  /** Takes what it can from the front of what is held; false when more must come first. */
  #step(data: Buffer, out: Buffer[]): boolean {
    switch (this.#state) {
      case 'preamble':
        return this.#preamble(data, out)
      case 'content':
        return this.#content(data, out)
      case 'boundary':
        return this.#afterBoundary(data, out)
      case 'header':
        return this.#header(data, out)
    }
  }

  #preamble(data: Buffer, out: Buffer[]): boolean {
    const at = data.indexOf(this.#delimiter)
    if ((at < 0 ? data.length : at) > PREAMBLE) throw noBoundary(this.#norms.boundary)
    return at >= 0 && this.#boundaryAt(at, data, out)
  }

  #content(data: Buffer, out: Buffer[]): boolean {
    const at = data.indexOf(this.#delimiter)
    const end = at < 0 ? data.length - beginningAtEnd(data, this.#delimiter) : at
    if (end > this.#lead) out.push(data.subarray(this.#lead, end))
    if (end > 0) this.#lead = 0
    this.#held = data.subarray(end)
    return at >= 0 && this.#boundaryAt(0, this.#held, out)
  }

  #boundaryAt(at: number, data: Buffer, out: Buffer[]): boolean {
    out.push(this.#delimiter)
    this.#held = data.subarray(at + this.#delimiter.length)
    this.#state = 'boundary'
    return true
  }

  #afterBoundary(data: Buffer, out: Buffer[]): boolean {
    if (data.length < 2) return false
    if (data[0] === DASH && data[1] === DASH) {
      out.push(Buffer.from('--\r\n'))
      this.complete = true
      this.#held = Buffer.alloc(0)
      return true
    }
    const end = data.indexOf(CRLF)
    // RFC 2046, 5.1.1: "transport padding": blanks behind a boundary.
    const padding = data.subarray(0, end < 0 ? 201 : end).toString('latin1')
    if (!/^[ \t]{0,200}\r?$/.test(padding))
      throw invalid('multipart', 'has its boundary inside a part, so the part cannot be told from the rest')
    if (end < 0) return false
    this.parts += 1
    if (this.parts > this.#norms.parts)
      throw invalid('multipart', `may have at most ${this.#norms.parts} parts`)
    // With the line break before it an empty header is found like any other.
    this.#held = data.subarray(end)
    this.#state = 'header'
    return true
  }

  #header(data: Buffer, out: Buffer[]): boolean {
    const end = data.indexOf('\r\n\r\n')
    if ((end < 0 ? data.length : end) > HEADER)
      throw invalid('multipart', `has a part whose header is longer than ${HEADER} bytes`)
    if (end < 0) return false
    const header = tolerated(data.subarray(0, end).toString('latin1'), this.#norms.file)
    out.push(Buffer.from(`\r\n${header}\r\n`, 'latin1'))
    // RFC 2046, 5.1.1: the empty line may be left out where the content is empty: it is the boundary's then.
    this.#held = data.subarray(end + 2)
    this.#lead = 2
    this.#state = 'content'
    return true
  }
}

const DASH = 45

const noBoundary = (boundary: string) =>
  invalid('multipart', `does not begin with its boundary "${boundary.slice(0, 100)}"`)

/** How many bytes at the end of `data` could be the beginning of `delimiter`. */
function beginningAtEnd(data: Buffer, delimiter: Buffer): number {
  let at = data.indexOf(13, Math.max(0, data.length - delimiter.length + 1))
  for (; at >= 0; at = data.indexOf(13, at + 1)) {
    const length = data.length - at
    if (data.compare(delimiter, 0, length, at) === 0) return length
  }
  return 0
}
