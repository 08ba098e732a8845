import { type Answer, type Exchange, json } from '#http'

/** The envelope of `/api/2.0` (contract, 2.1). `more` stands beside it for clients that look there. */
export function response(
  { origin, req }: Exchange,
  value: unknown,
  { status = 200, more = {} }: { status?: number; more?: object } = {},
): Answer {
  const links = [{ href: origin + (req.url ?? ''), action: req.method }]
  const count = Array.isArray(value) ? value.length : 1
  return json(status, { response: value, count, links, status: 0, statusCode: status, ...more })
}

/** What a chunk, an abort or a finalize came to: 201 with the file once it is filed. */
export interface Outcome {
  readonly status: 200 | 201
  readonly data: unknown
}

/** What the chunk handler says when it goes well: no envelope. */
export const handled = ({ status, data }: Outcome): Answer =>
  json(status, { success: true, data, message: '' })

/** "CORS on the handler: any origin on every answer, refusals included" */
export const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'accept-ranges, content-disposition, content-range, etag, retry-after',
} as const

/** "the preflight (200, empty) names `POST`, `authorization`, `content-type`, `content-range`, `content-disposition`" */
export const preflight = (): Answer => ({
  status: 200,
  headers: {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
    'access-control-allow-headers': 'authorization, content-type, content-range, content-disposition, range',
    'access-control-max-age': '86400',
  },
})

export const withCORS = (answer: Answer): Answer => ({ ...answer, headers: { ...answer.headers, ...CORS } })
