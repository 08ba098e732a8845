import { Problem, problemOf } from './problem.ts'

export const BASE = '/api/slipway/v1'

interface Options {
  method?: string
  body?: unknown
  signal?: AbortSignal | null
}

/** One call of our own API: JSON in, JSON out, every failure a Problem. */
export async function request<T>(path: string, options: Options = {}): Promise<T> {
  const { method = 'GET', body, signal = null } = options
  const response = await fetch(`${BASE}${path}`, {
    method,
    signal,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw new Problem(0, 'unreachable', 'the server cannot be reached')
  })
  if (!response.ok) throw await problemOf(response)
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}

export function query(params: Record<string, string | number | null | undefined>): string {
  const pairs = Object.entries(params).filter(
    (pair): pair is [string, string | number] => pair[1] != null && pair[1] !== '',
  )
  if (pairs.length === 0) return ''
  return `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`
}
