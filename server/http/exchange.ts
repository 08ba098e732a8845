import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Principal } from '#accounts'

/** One request on a byte route and the place for its answer. Nothing has touched the body. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** request id, also in the `X-Request-Id` header of the answer and in the log */
  readonly id: string
  /** path without query, as sent (percent-encoded), leading slashes collapsed to one */
  readonly path: string
  readonly query: URLSearchParams
  /** decoded path parameters of the route */
  readonly params: Readonly<Record<string, string | undefined>>
  /** scheme and authority for absolute URLs, without a trailing slash */
  readonly origin: string
  /** set by the room once it knows who calls; the log line names the user */
  principal: Principal | null
}

export interface Answer {
  readonly status: number
  /** reason phrase where the status has none of its own */
  readonly statusText?: string
  readonly headers?: Readonly<Record<string, string | number | readonly string[]>>
  readonly body?: string | Buffer
}

/** Handles one exchange: returns the answer, or null when it has sent (or begun to stream) one itself. */
export type Handler = (exchange: Exchange) => Promise<Answer | null>

/** The header's single value; the first when it was sent several times and Node kept a list. */
export function header(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name]
  return Array.isArray(value) ? value[0] : value
}

export const json = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(value),
})
