/** What a `Range` header asks of a representation of known length; `end` is exclusive. */
export type RangeRequest =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'several' }
  | { readonly kind: 'unsatisfiable' }

const WHOLE: RangeRequest = { kind: 'whole' }

/** Reads a `Range` header (RFC 9110, 14.2). What is no valid byte range is ignored, as is any other unit. */
export function parseRange(header: string | undefined, size: number): RangeRequest {
  const set = /^\s*bytes\s*=(.*)$/is.exec(header ?? '')?.[1]
  if (set === undefined) return WHOLE
  const specs = set
    .split(',')
    .map((spec) => spec.trim())
    .filter((spec) => spec !== '')
  const parsed = specs.map((spec) => parseSpec(spec, size))
  const [first] = parsed
  // 14.2: "A recipient of a ... Range header field with ... an invalid ranges-specifier ... ignores it."
  if (first === undefined || parsed.includes(WHOLE)) return WHOLE
  return parsed.length === 1 ? first : { kind: 'several' }
}

function parseSpec(spec: string, size: number): RangeRequest {
  const [, from = '', to = ''] = /^(\d*)-(\d*)$/.exec(spec) ?? []
  if (from === '' && to === '') return WHOLE
  // 14.1.2: "If the selected representation is shorter than the specified suffix-length, the entire representation is
  // used."
  if (from === '') return part(Math.max(0, size - Number(to)), size, size)
  const start = Number(from)
  if (to === '') return part(start, size, size)
  // 14.1.1: "An int-range is invalid if the last-pos value is present and less than first-pos."
  if (Number(to) < start) return WHOLE
  return part(start, Number(to) + 1, size)
}

function part(start: number, end: number, size: number): RangeRequest {
  return start < size ? { kind: 'part', start, end: Math.min(end, size) } : { kind: 'unsatisfiable' }
}
