import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from '#http'

/** `/files` itself, or the URL of one upload */
export type Form = 'collection' | 'upload'
export type Kind = 'tus' | 'ietf' | 'download' | 'preflight'

const ALLOWED: Record<Form, readonly string[]> = {
  collection: ['POST', 'OPTIONS'],
  upload: ['GET', 'HEAD', 'PATCH', 'DELETE', 'OPTIONS'],
}
const IETF = ['upload-complete', 'upload-incomplete', 'upload-draft-interop-version'] as const

/**
 * Whose request it is. `Tus-Resumable`, or a PATCH of type `application/offset+octet-stream`, is tus; any other HEAD,
 * PATCH or DELETE on an upload URL is IETF, and so is a POST that says whether it completes the upload.
 */
export function classify(method: string, headers: IncomingHttpHeaders, form: Form): Kind | Answer {
  if (method === 'OPTIONS') return 'preflight'
  if (!ALLOWED[form].includes(method)) return notAllowed(method, form)
  if (method === 'GET') return 'download'
  const type = mediaType(headers['content-type'])
  const partial = type === 'application/partial-upload'
  const isIETF = partial || IETF.some((name) => headers[name] !== undefined)
  if (headers['tus-resumable'] !== undefined) return isIETF ? conflict : 'tus'
  if (method === 'PATCH' && type === 'application/offset+octet-stream') return 'tus'
  if (method === 'POST' && headers['upload-complete'] === undefined && !hasIncomplete(headers))
    return undeclared
  return 'ietf'
}

const hasIncomplete = (headers: IncomingHttpHeaders): boolean => headers['upload-incomplete'] !== undefined

/** A media type without its parameters, lower case. */
const mediaType = (value: string | undefined): string | undefined =>
  value?.split(';', 1)[0]?.trim().toLowerCase()

function notAllowed(method: string, form: Form): Answer {
  const allow = ALLOWED[form].join(', ')
  return refuse(405, `${method} is not possible here, only ${allow}`, { allow })
}

const refuse = (status: number, sentence: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body: `${sentence}\n`,
})

const conflict = refuse(400, 'a request speaks tus or the IETF protocol, but this one has headers of both')
const undeclared = refuse(
  412,
  'a creation needs Tus-Resumable: 1.0.0 (tus) or Upload-Complete (IETF), but this request has neither',
  { 'tus-version': '1.0.0', 'tus-resumable': '1.0.0' },
)
