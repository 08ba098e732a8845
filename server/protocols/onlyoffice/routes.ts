import type { Answer, Exchange } from '#http'
import { preflight } from './answers.ts'
import { isSignedIn, signIn } from './authentication.ts'
import { createSession, editSession } from './create-session.ts'
import { APIError } from './errors.ts'
import { fileHandler, fileInfo, history, isFileHandler, uri } from './files.ts'
import { check, listing, makeFolder } from './folders.ts'
import { abortSession, finalizeSession, sendChunk, sendNumbered } from './rest.ts'
import type { Services } from './services.ts'
import { upload } from './upload.ts'

type Action = (services: Services, exchange: Exchange, id?: string) => Promise<Answer | null>

/** Below `/api/2.0/`, any letter case, with or without `.json` at the end. */
const ROUTES: readonly (readonly [path: RegExp, actions: Readonly<Record<string, Action>>])[] = [
  [/^authentication$/i, { POST: signIn, GET: isSignedIn }],
  [/^files\/file\/([^/]+)\/edit_session$/i, { POST: editSession }],
  [/^files\/file\/([^/]+)\/history$/i, { GET: history }],
  [/^files\/file\/([^/]+)\/presigneduri$/i, { GET: uri }],
  [/^files\/file\/([^/]+)$/i, { GET: fileInfo }],
  [/^files\/folder\/([^/]+)$/i, { POST: makeFolder }],
  [/^files\/([^/]+)\/upload\/create_session$/i, { POST: createSession }],
  [/^files\/([^/]+)\/upload\/check$/i, { POST: check }],
  [/^files\/([^/]+)\/(?:upload|insert)$/i, { POST: upload }],
  [/^files\/([^/]+)\/session$/i, { POST: createSession }],
  [/^files\/[^/]+\/session\/([^/]+)$/i, { POST: sendChunk, DELETE: abortSession }],
  [/^files\/[^/]+\/session\/([^/]+)\/upload$/i, { POST: sendNumbered }],
  [/^files\/[^/]+\/session\/([^/]+)\/finalize$/i, { PUT: finalizeSession }],
  [/^files\/([^/]+)$/i, { GET: listing }],
]

const API = /^\/api\/2\.0(?:\/|$)/i

export const isAPI = (path: string): boolean => API.test(path) || isFileHandler(path)

/** @throws Refusal, APIError */
export async function route(services: Services, exchange: Exchange): Promise<Answer | null> {
  const { method = 'GET' } = exchange.req
  if (method === 'OPTIONS') return preflight()
  if (isFileHandler(exchange.path)) return fileHandler(services, exchange)
  const path = exchange.path
    .replace(API, '')
    .replace(/\/$/, '')
    .replace(/\.json$/i, '')
  for (const [pattern, actions] of ROUTES) {
    const found = pattern.exec(path)
    if (found === null) continue
    const action = actions[method]
    if (action !== undefined) return action(services, exchange, decoded(found[1] ?? ''))
    const allow = [...Object.keys(actions), 'OPTIONS'].join(', ')
    throw new APIError(405, `${method} is not allowed here; use ${allow}`, { allow })
  }
  throw new APIError(404, 'There is nothing at this path')
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
