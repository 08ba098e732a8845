/** Milliseconds since 1970 as wall time: "`expiresAt` stays UTC", the original's is that of the server's zone. */
const wall = (ms: number, local: boolean): string =>
  new Date(local ? ms - new Date(ms).getTimezoneOffset() * 60_000 : ms).toISOString()

/** Section 1.1: "no zone/offset, up to 9 fraction digits, fraction absent when zero". */
export function localDateTime(ms: number, local: boolean): string {
  const text = wall(ms, local).slice(0, -1)
  return ms % 1000 === 0 ? text.slice(0, -4) : text
}

/** Section 7: `yyyy-MM-ddTHH:mm:ssZ`, "literal `Z`, but the digits are server-local time (upstream quirk)". */
export const linkDate = (ms: number, local: boolean): string => `${wall(ms, local).slice(0, 19)}Z`

/** Years beyond need a sign in ISO 8601. */
export const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59)
