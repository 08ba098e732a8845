import type { Answer, Exchange } from '#http'
import { chunk } from './chunk.ts'
import { complete } from './complete.ts'
import { preflight } from './cors.ts'
import { KoreError } from './errors.ts'
import { media } from './media.ts'
import type { Services } from './services.ts'
import { abort, state } from './session.ts'
import { single } from './single.ts'
import { start } from './start.ts'

type Action = (services: Services, exchange: Exchange, id: string) => Promise<Answer | null>
type Actions = Readonly<Record<string, Action>>

const FILES = '/api/public/files'
const ROUTES: readonly (readonly [path: RegExp, actions: Actions])[] = [
  [/^$/, { POST: single }],
  [/^\/session\/start$/, { POST: start }],
  [/^\/session\/([^/]+)$/, { POST: chunk, GET: state, DELETE: abort }],
  [/^\/session\/([^/]+)\/complete$/, { POST: complete }],
]

const MEDIA_PATH = /^\/api\/getMediaStream\/orgFiles(?:\/(.*))?$/

/** Slashes too many are the sample's own: a host that ends in one. One at the end is tolerated, save behind a signed name. */
function tidy(path: string): string {
  const single = path.replace(/\/{2,}/g, '/')
  return MEDIA_PATH.test(single) ? single : single.replace(/\/$/, '')
}

export function isOurs(path: string): boolean {
  const tidied = tidy(path)
  return tidied === FILES || tidied.startsWith(`${FILES}/`) || tidied.startsWith('/api/getMediaStream')
}

/** @throws Refusal, KoreError */
export async function route(services: Services, exchange: Exchange): Promise<Answer | null> {
  const path = tidy(exchange.path)
  const { actions, id } = find(path)
  const method = exchange.req.method ?? 'GET'
  if (method === 'OPTIONS') return preflight()
  const action = actions[method]
  if (action !== undefined) return action(services, exchange, id)
  const allow = [...Object.keys(actions), 'OPTIONS'].join(', ')
  throw new KoreError(405, 'METHOD_NOT_ALLOWED', `${method} is not allowed here; use ${allow}`, { allow })
}

function find(path: string): { actions: Actions; id: string } {
  const file = MEDIA_PATH.exec(path)
  if (file !== null) return { actions: { GET: media, HEAD: media }, id: decoded(file[1] ?? '') }
  const rest = path.slice(FILES.length)
  for (const [pattern, actions] of path.startsWith(FILES) ? ROUTES : []) {
    const found = pattern.exec(rest)
    if (found !== null) return { actions, id: found[1] ?? '' }
  }
  throw new KoreError(404, 'NOT_FOUND', 'There is nothing at this path')
}

/** A name that is no percent-encoding has no signature either. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return ''
  }
}
