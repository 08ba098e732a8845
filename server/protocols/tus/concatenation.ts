import { invalid } from '#errors'

/** What `Upload-Concat` says of an upload. */
export type Concat =
  | { readonly kind: 'partial' }
  /** ids of the partial uploads, in the order of the file; `raw` is the header's value */
  | { readonly kind: 'final'; readonly parts: readonly string[]; readonly raw: string }

/** The last segment of an upload's URL, absolute or relative, is its id. */
const PART = /^[^?#]*?([0-9a-f-]{36})\/?(?:[?#].*)?$/i

/**
 * "If the upload is a partial one, the header value MUST be partial. In the case of a final upload, its value MUST be
 * final followed by a semicolon and a space-separated list of partial upload URLs that will be concatenated. The partial
 * uploads URLs MAY be absolute or relative" (Concatenation, Upload-Concat)
 * @throws Refusal INVALID
 */
export function readConcat(value: string | undefined): Concat | null {
  if (value === undefined) return null
  const raw = value.trim()
  if (raw === 'partial') return { kind: 'partial' }
  if (!raw.startsWith('final;')) {
    throw invalid('Upload-Concat', 'must be "partial", or "final;" and the URLs of the partial uploads')
  }
  const urls = raw.slice('final;'.length).split(' ').filter(Boolean)
  if (urls.length === 0) throw invalid('Upload-Concat', 'names no partial upload')
  return { kind: 'final', raw, parts: urls.map(partOf) }
}

function partOf(url: string): string {
  const id = PART.exec(url)?.[1]
  if (id !== undefined) return id.toLowerCase()
  throw invalid('Upload-Concat', `names ${url}, which is not the URL of an upload here`)
}
