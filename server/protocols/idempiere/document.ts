import { Refusal } from '#errors'
import { bodyOf, type Exchange, header, readText } from '#http'
import { bare, Ended } from './errors.ts'

/** A JSON object as a client sent it. */
export type Document = Readonly<Record<string, unknown>>

/** Largest and smallest 64-bit integer, as near as a number comes to them. */
const LONG = 2 ** 63

/** Refuses a media type other than `accepted`: "other types -> 415". None at all is no error. */
export function assertMediaType({ req }: Exchange, accepted: string): void {
  const [type = ''] = (header(req, 'content-type') ?? '').split(';')
  if (type.trim() === '' || type.trim().toLowerCase() === accepted) return
  throw new Ended(bare(415, `the Content-Type must be ${accepted}`))
}

/** "Unacceptable `Accept` -> 406": whoever takes nothing like JSON is told so. */
export function assertAccepts({ req }: Exchange): void {
  const accept = header(req, 'accept')
  if (accept === undefined || accept.trim() === '') return
  const takes = accept
    .split(',')
    .map((range) => range.toLowerCase().replace(/\s/g, ''))
    .some(
      (range) =>
        /^(?:\*\/\*|application\/\*|application\/json)(?:;|$)/.test(range) &&
        !/;q=0(?:\.0*)?(?:;|$)/.test(range),
    )
  if (!takes) throw new Ended(bare(406, 'this is answered in application/json only'))
}

/**
 * The JSON object of a request; null when there is none ("empty body -> null object").
 * @throws Ended 415, and "malformed JSON -> 400 `text/plain`"
 */
export async function readDocument(exchange: Exchange): Promise<Document | null> {
  assertMediaType(exchange, 'application/json')
  const value = await parse(exchange)
  if (value === undefined || value === null) return null
  if (typeof value === 'object' && !Array.isArray(value)) return value as Document
  throw new Ended(bare(400, 'the request body must be a JSON object'))
}

async function parse({ req }: Exchange): Promise<unknown> {
  try {
    const text = await readText(bodyOf(req))
    return text.trim() === '' ? undefined : (JSON.parse(text.replace(/^\ufeff/, '')) as unknown)
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Refusal && error.code === 'INVALID'))
      throw new Ended(bare(400, 'the request body is not JSON'))
    throw error
  }
}

const wrong = (name: string, why: string): Ended => new Ended(bare(400, `${name} ${why}`))

/** A text member: numbers and booleans become text, absent and null are ''. */
export function text(document: Document, name: string): string {
  const value = document[name]
  if (value === undefined || value === null) return ''
  if (typeof value === 'object') throw wrong(name, 'must be a text')
  return String(value)
}

/** An integer member: `"123"` is one, fractions are cut off; null when it is absent or null. */
export function integer(document: Document, name: string): number | null {
  const value = document[name]
  if (value === undefined || value === null) return null
  const number = typeof value === 'string' ? fromText(value) : value
  if (typeof number !== 'number' || Number.isNaN(number)) throw wrong(name, 'must be an integer')
  if (Math.abs(number) >= LONG) throw wrong(name, 'is beyond a 64-bit integer')
  return Math.trunc(number) + 0
}

const fromText = (value: string): number =>
  value.trim() === '' ? 0 : /^[+-]?\d+$/.test(value.trim()) ? Number(value) : Number.NaN
