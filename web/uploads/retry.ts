/** What to do after a request of an upload failed. */
export type Verdict =
  | { retry: true; wait: 'server' | 'sign-in' | 'room' | 'moment'; seconds: number }
  | { retry: false }

/** Statuses of a passing nature, though they begin with 4. */
const PASSING = new Set([408, 423, 425])
/** The next attempt asks where the upload stands, or learns that it is gone and starts anew. */
const PASSING_WHEN_SENDING = new Set([404, 409, 410])

/** Never gives up while the server may come back; `status` 0 is no answer at all. */
export function verdict(method: string, status: number, retryAfter: number | null): Verdict {
  if (method === 'DELETE') return { retry: false }
  if (status === 401) return { retry: true, wait: 'sign-in', seconds: 0 }
  if (status === 429) return { retry: true, wait: 'moment', seconds: retryAfter ?? 5 }
  if (status === 507) return { retry: true, wait: 'room', seconds: retryAfter ?? 15 }
  if (status === 0 || status >= 500) return { retry: true, wait: 'server', seconds: retryAfter ?? 0 }
  if (PASSING.has(status) || (method === 'PATCH' && PASSING_WHEN_SENDING.has(status)))
    return { retry: true, wait: 'moment', seconds: retryAfter ?? 0 }
  return { retry: false }
}

const FIRST = [300, 1000, 2000, 4000, 8000, 15_000]
const SLOWEST = 30_000
/** A month of half minutes; the count starts afresh whenever bytes went through. */
const ATTEMPTS = 90_000

export function retryDelays(): number[] {
  const delays = new Array<number>(ATTEMPTS).fill(SLOWEST)
  delays.splice(0, FIRST.length, ...FIRST)
  return delays
}
