import type { IncomingMessage } from 'node:http'
import { type Dictionary, parseDictionary, parseItem } from 'structured-headers'
import { invalid } from '#errors'
import { type Dialect, dialectOf } from './versions.ts'

/**
 * Reads the structured fields (RFC 9651) of one request. A field with any other value is refused; in strict mode it is
 * as if it were absent: "Other values MUST cause the entire header field to be ignored."
 */
export class Fields {
  readonly #req: Pick<IncomingMessage, 'headers'>
  readonly #strict: boolean

  constructor(req: Pick<IncomingMessage, 'headers'>, strict: boolean) {
    this.#req = req
    this.#strict = strict
  }

  has(name: string): boolean {
    return this.#req.headers[name.toLowerCase()] !== undefined
  }

  /** The value as sent, several of one name joined by commas. */
  text(name: string): string | undefined {
    const value = this.#req.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }

  boolean(name: string): boolean | undefined {
    return this.#read(name, 'must be ?1 or ?0', (text) => {
      const [value] = parseItem(text)
      return typeof value === 'boolean' ? value : undefined
    })
  }

  /** A non-negative Integer: at most 15 digits, no sign, no fraction. */
  integer(name: string): number | undefined {
    return this.#read(name, 'must be a whole number of at most 15 digits', (text) => {
      const [value] = parseItem(text)
      return /^\s*\d+\s*(;|$)/.test(text) && typeof value === 'number' ? value : undefined
    })
  }

  dictionary(name: string): Dictionary | undefined {
    return this.#read(name, 'must be a dictionary as in RFC 9651', parseDictionary)
  }

  #read<T>(name: string, rule: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = attempt(text, parse)
    if (value !== undefined || this.#strict) return value
    throw invalid(name, rule)
  }
}

function attempt<T>(text: string, parse: (text: string) => T): T | undefined {
  try {
    return parse(text)
  } catch {
    // structured-headers throws for what is no structured field; the caller says so in its own words.
    return undefined
  }
}

/** How the request speaks, by its `Upload-Draft-Interop-Version`. */
export const dialect = (fields: Fields): Dialect =>
  dialectOf(fields.integer('Upload-Draft-Interop-Version'), fields.has('Upload-Incomplete'))

/** Whether the request says that it completes the upload; undefined when it does not say. */
export function completeness(fields: Fields, { completeness: name }: Dialect): boolean | undefined {
  const other = name === 'Upload-Complete' ? 'Upload-Incomplete' : 'Upload-Complete'
  if (fields.has(other)) throw invalid(other, `is not a field of this interop version, which has ${name}`)
  const value = fields.boolean(name)
  return value === undefined || name === 'Upload-Complete' ? value : !value
}

/** Fields of tus 1.0 that change what a request means. */
const FOREIGN = ['Tus-Resumable', 'Upload-Checksum', 'Upload-Concat', 'Upload-Expires']

/** A request that speaks both protocols has no one meaning. */
export function refuseForeign(fields: Fields): void {
  const foreign = FOREIGN.filter((name) => fields.has(name))
  if (foreign.length === 0) return
  throw invalid(foreign.join(', '), 'belongs to tus 1.0 and cannot stand beside the fields of an IETF upload')
}
