import type { Exchange } from '#http'

/** Every header of both protocols, by name: what a page may send, and what it may read. */
const HEADERS = [
  'Accept-Patch',
  'Accept-Ranges',
  'Allow',
  'Authorization',
  'Content-Digest',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Length',
  'Content-Location',
  'Content-Range',
  'Content-Type',
  'ETag',
  'If-Match',
  'If-Modified-Since',
  'If-None-Match',
  'If-Range',
  'If-Unmodified-Since',
  'Last-Modified',
  'Incremental',
  'Link',
  'Location',
  'Prefer',
  'Range',
  'Repr-Digest',
  'Retry-After',
  'Tus-Checksum-Algorithm',
  'Tus-Extension',
  'Tus-Max-Size',
  'Tus-Resumable',
  'Tus-Version',
  'Upload-Checksum',
  'Upload-Complete',
  'Upload-Concat',
  'Upload-Defer-Length',
  'Upload-Draft-Interop-Version',
  'Upload-Expires',
  'Upload-Incomplete',
  'Upload-Length',
  'Upload-Limit',
  'Upload-Metadata',
  'Upload-Offset',
  'Want-Content-Digest',
  'Want-Repr-Digest',
  'WWW-Authenticate',
  'X-API-Key',
  'X-HTTP-Method-Override',
  'X-Request-ID',
  'X-Requested-With',
].join(', ')
const METHODS = 'OPTIONS, HEAD, GET, POST, PATCH, DELETE'
/** How long a browser may keep the answer to a preflight, seconds. */
const MAX_AGE = 86_400

/**
 * Any origin may call, with a credential it brings itself; a browser's cookies never count for other origins. Set before
 * anything can be refused, so that a page can read errors too, and by name, because `*` does not cover `Authorization`.
 */
export function cors({ res }: Exchange): void {
  res.setHeader('access-control-allow-origin', '*')
  res.setHeader('access-control-expose-headers', HEADERS)
  res.setHeader('access-control-allow-headers', HEADERS)
  res.setHeader('access-control-allow-methods', METHODS)
  res.setHeader('access-control-max-age', MAX_AGE)
}
