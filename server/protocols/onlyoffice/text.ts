/** "plain .NET UTC timestamps, up to 7 fraction digits, `Z`" */
export const timestamp = (ms: number): string => new Date(ms).toISOString().replace('Z', '0000Z')

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB']

/** `9.5 MB`, as the original writes sizes. */
export function sizeText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1)
  return `${Math.round((bytes / 1024 ** power) * 100) / 100} ${UNITS[power]}`
}

const LONGEST = 170

/**
 * Contract, 2.3: "Trim; longer than 170 chars → cut, extension kept if the last dot lies past 150; each of TAB
 * `* + : " < > ? | \ /` and lone surrogates → `_`"; "control characters become `_` like the rest".
 */
export function cleanTitle(given: string): string {
  const title = given.trim().replace(/[*+:"<>?|\\/\p{Cc}\p{Cs}]/gu, '_')
  if (title.length <= LONGEST) return title
  const dot = title.lastIndexOf('.')
  const end = dot > 150 ? title.slice(dot, dot + LONGEST) : ''
  return (title.slice(0, Math.max(0, LONGEST - end.length)) + end).toWellFormed()
}

/** With the dot, lower case; empty without one. */
export const extensionOf = (title: string): string => /\.[^.]*$/.exec(title)?.[0].toLowerCase() ?? ''

/** `name (1).ext`, `name (2).ext` …: "number before the last dot" */
export function* numbered(title: string): Generator<string> {
  const dot = title.lastIndexOf('.')
  const [stem, end] = dot > 0 ? [title.slice(0, dot), title.slice(dot)] : [title, '']
  for (let number = 1; ; number += 1) yield `${stem} (${number})${end}`
}

const DASHED = /^(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d)(.*)$/
const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i

/**
 * Contract, 2.2: a date as JSON has it, or with dashes in the time; "accept strings (both forms) and the object;
 * unparsable → ignore".
 */
export function createdOn(given: unknown): number | null {
  const text =
    typeof given === 'object' && given !== null
      ? Object.entries(given).find(([name]) => name.toLowerCase() === 'utctime')?.[1]
      : given
  if (typeof text !== 'string') return null
  const plain = text.trim().replace(DASHED, '$1$2:$3:$4$5')
  if (!ISO.test(plain)) return null
  const zoned = /T.*(?:Z|[+-]\d\d:?\d\d)$/i.test(plain) || !plain.includes('T') ? plain : `${plain}Z`
  const ms = Date.parse(zoned.replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(ms) ? null : ms
}
