import { invalid } from '#errors'
import { KoreError } from './errors.ts'

/** Contract, section 4. */
const DOCUMENTED = 'm4a mp3 webm mp4 mpga wav mpeg png jpeg jpg webp gif'.split(' ')

/** Paths and control characters are cleaned away, the rest stays readable. May be empty. */
export function cleanName(name: string): string {
  const base = name.toWellFormed().split(/[/\\]/).at(-1) ?? ''
  const clean = base.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '').trim()
  return clean === '.' || clean === '..' ? '' : clean
}

/** Lower case, without the dot; empty when the name has none. */
export const extensionOf = (name: string): string => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''

/** As sent in `fileExtension`: "strip one leading dot; lower-case". */
export const givenExtension = (given: string): string => cleanName(given.replace(/^\./, '')).toLowerCase()

/** `jpg` and `jpeg` count as equal. */
export const sameExtension = (left: string, right: string): boolean =>
  left.replace(/^jpg$/, 'jpeg') === right.replace(/^jpg$/, 'jpeg')

/** @throws KoreError UNSUPPORTED_FILE_TYPE. `context` null while it is not known yet. */
export function assertExtension(extension: string, context: string | null, extra: readonly string[]): void {
  // "`model` context additionally allows `tar`"
  const model = context === null || context === 'model' ? ['tar'] : []
  const allowed = [...DOCUMENTED, ...extra.map((one) => givenExtension(one)), ...model]
  if (allowed.includes(extension)) return
  const what = extension === '' ? 'a file without an extension' : `the file extension "${extension}"`
  throw new KoreError(
    400,
    'UNSUPPORTED_FILE_TYPE',
    `${what} is not supported; expected one of ${allowed.join(', ')}`,
  )
}

/** "accept any non-empty string ≤64 chars of `[A-Za-z0-9_-]`" */
export function contextFrom(given: string | undefined): string {
  if (given !== undefined && CONTEXT.test(given)) return given
  throw invalid('fileContext', 'is required: 1 to 64 letters, digits, "_" or "-"')
}

export const CONTEXT = /^[A-Za-z0-9_-]{1,64}$/
