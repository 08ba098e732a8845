import type { Answer } from '#http'

/** "any origin on every answer, errors included" */
export const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'accept-ranges, content-disposition, content-range, etag, retry-after',
} as const

/** "the preflight names `POST`, `content-type`, `x-api-key`" */
export const preflight = (): Answer => ({
  status: 204,
  headers: {
    'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
    'access-control-allow-headers': 'content-type, x-api-key, authorization, range',
    'access-control-max-age': '86400',
  },
})

export const withCORS = (answer: Answer): Answer => ({ ...answer, headers: { ...answer.headers, ...CORS } })
