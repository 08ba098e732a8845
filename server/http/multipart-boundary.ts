/** RFC 2046, 5.1.1: at most 70 characters; some clients use more. */
const LONGEST = 200

/**
 * The `boundary` parameter of any content type. Clients send multipart bodies as `application/json; boundary=…` too
 * (curl does when it is told a content type beside `--form`). Null when there is none.
 */
export function boundaryOf(contentType: string | undefined): string | null {
  const found = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(contentType ?? '')
  const boundary = found?.[1]?.replace(/\\(.)/g, '$1') ?? found?.[2]
  return boundary !== undefined && boundary.length <= LONGEST && /^[ -~]+$/.test(boundary) ? boundary : null
}

/**
 * The boundary that a body begins with: its first line less the two dashes.
 * Null when it begins with none, undefined while too little of it has come to tell.
 */
export function sniffBoundary(head: Buffer): string | null | undefined {
  const text = head.subarray(0, LONGEST + 6).toString('latin1')
  const line = /^(?:\r\n)?--([ -~]{1,200}?)[ \t]*\r\n/.exec(text)
  if (line !== null) return line[1] ?? null
  return text.length < LONGEST + 6 && /^(?:\r\n|\r$)?(?:-$|--|$)/.test(text) ? undefined : null
}
