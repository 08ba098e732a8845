import { invalid } from '#errors'

/** PostgreSQL hands a bigint over as a string, SQLite as a number. */
export const int = (value: number | string): number => Number(value)
export const intOrNull = (value: number | string | null): number | null =>
  value === null ? null : Number(value)

/** A whole number that both databases and JavaScript can hold. */
export function whole(field: string, value: number): number {
  if (Number.isSafeInteger(value)) return value
  throw invalid(field, 'must be a whole number below 2^53')
}

export const wholeOrNull = (field: string, value: number | null): number | null =>
  value === null ? null : whole(field, value)

/** Text that comes back as it went in: PostgreSQL knows no NUL, and neither database a lone surrogate. */
export const storable = (value: string): boolean => !value.includes('\0') && value.isWellFormed()

export function text(field: string, value: string): string {
  if (storable(value)) return value
  throw invalid(field, 'must not contain NUL characters or lone surrogates')
}

export const textOrNull = (field: string, value: string | null): string | null =>
  value === null ? null : text(field, value)

/** A sentence of our own, which may quote a name: what cannot be stored is replaced. */
export const remark = (value: string | null): string | null =>
  value === null ? null : value.replaceAll('\0', '\uFFFD').toWellFormed()

/** One spelling for all spellings that a search takes as equal. */
export const fold = (value: string): string => value.normalize('NFC').toLowerCase()

/** Members in JSON text are escaped, so that any string at all round-trips. */
export const json = (value: unknown): string => JSON.stringify(value)
export const jsonOrNull = (value: unknown): string | null => (value === null ? null : json(value))
export const parseOrNull = <T>(value: string | null): T | null => (value === null ? null : parse<T>(value))
export const parse = <T>(value: string): T => JSON.parse(value) as T
