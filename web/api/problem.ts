/** An answer of the server that is not a success (RFC 9457), or no answer at all (status 0). */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly retryAfter: number | null

  constructor(status: number, code: string, detail: string, retryAfter: number | null = null) {
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.retryAfter = retryAfter
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null)
  const { code, detail, title } = (body ?? {}) as Record<string, unknown>
  const text = [detail, title].find((one) => typeof one === 'string' && one !== '')
  return new Problem(
    response.status,
    typeof code === 'string' ? code : `http-${response.status}`,
    typeof text === 'string' ? text : response.statusText,
    secondsOf(response.headers.get('retry-after')),
  )
}

export function secondsOf(retryAfter: string | null): number | null {
  if (retryAfter === null || retryAfter === '') return null
  const seconds = Number(retryAfter)
  if (Number.isFinite(seconds)) return Math.max(0, seconds)
  const until = Date.parse(retryAfter)
  return Number.isNaN(until) ? null : Math.max(0, Math.ceil((until - Date.now()) / 1000))
}
