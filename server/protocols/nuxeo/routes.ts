import { assertWriter } from '#accounts'
import { notFound } from '#errors'
import type { Answer } from '#http'
import type { BusinessRecord } from '#records'
import * as batches from './batches.ts'
import * as blob from './blob.ts'
import { replace } from './blob-replace.ts'
import * as documents from './documents.ts'
import { empty, exception, isBatchGone, NuxeoError } from './errors.ts'
import { executeAll, executeOne } from './execute.ts'
import { cmis, login, token, user } from './login.ts'
import type { Call } from './services.ts'
import { documentAt, documentOf } from './tree.ts'
import { upload } from './upload.ts'

type Reply = Answer | null | Promise<Answer | null>
type Methods = Partial<Record<'GET' | 'POST' | 'PUT' | 'DELETE', () => Reply>>

export const isOurs = (path: string): boolean => path === '/nuxeo' || path.startsWith('/nuxeo/')

/** Empty segments count for nothing: clients end addresses with a slash. What is not percent-encoded well stays raw. */
export const segmentsOf = (path: string): string[] => path.split('/').filter(Boolean).slice(1).map(decode)

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** Every address of this protocol. `segments` is the path below `/nuxeo`. */
export function route(call: Call, segments: readonly string[]): Reply {
  const [first, second, ...rest] = segments
  switch (first) {
    case 'api':
      if (second === 'v1') return api(call, rest)
      // The user's document calls `/api/upload/…` where it resumes.
      return second === 'upload' ? uploads(call, rest) : unknown(call)
    case 'site':
      return second === 'api' && rest[0] === 'v1' ? api(call, rest.slice(1)) : unknown(call)
    case 'json':
      return second === 'cmis' && rest.length === 0 ? by(call, { GET: () => cmis(call) }) : unknown(call)
    case 'authentication':
      return second === 'token' && rest.length === 0 ? by(call, { GET: () => token(call) }) : unknown(call)
    case 'nxfile':
      return by(call, { GET: () => nxfile(call, second, rest) })
    default:
      return unknown(call)
  }
}

function api(call: Call, [resource, ...rest]: readonly string[]): Reply {
  switch (resource) {
    case 'upload':
      return uploads(call, rest)
    case 'path':
    case 'id':
      return document(call, resource, rest)
    case 'repo':
      if (rest[0] !== 'default') throw notFound('repository', rest[0] ?? '')
      return rest[1] === 'path' || rest[1] === 'id' ? document(call, rest[1], rest.slice(2)) : unknown(call)
    case 'automation':
      return automation(call, rest)
    case 'user':
      return rest.length === 1 ? by(call, { GET: () => user(call, rest[0] ?? '') }) : unknown(call)
    case 'me':
      return by(call, { GET: () => user(call, call.principal.userName) })
    default:
      return unknown(call)
  }
}

function automation(call: Call, [name = '', ...rest]: readonly string[]): Reply {
  if (rest.length > 0) return unknown(call)
  if (name === 'login') return by(call, { GET: () => login(call), POST: () => login(call) })
  if (name === 'Log') return by(call, { POST: () => empty(204) })
  throw new NuxeoError(404, `Failed to invoke operation: ${name}, no such operation here`)
}

/** Contract, section 1: an unknown, expired, dropped or foreign batch is a 404 with no body. */
async function uploads(call: Call, segments: readonly string[]): Promise<Answer | null> {
  if (isWrite(call)) assertWriter(call.principal)
  try {
    return await uploadRoute(call, segments)
  } catch (error) {
    if (isBatchGone(error)) return empty(404)
    throw error
  }
}

/** Contract, section 1: "Literal segments (`handlers`, `new`, `info`) win over `{batchId}`/`{fileIdx}`." */
function uploadRoute(call: Call, segments: readonly string[]): Reply {
  const [a = '', b = '', c = '', d = ''] = segments
  switch (segments.length) {
    case 0:
      return by(call, { POST: () => batches.begin(call) })
    case 1:
      if (a === 'handlers') return by(call, { GET: () => batches.handlers() })
      return by(call, { GET: () => batches.list(call, a), DELETE: () => batches.drop(call, a) })
    case 2:
      if (a === 'handlers' && call.exchange.req.method !== 'POST')
        return by(call, { GET: () => batches.handler(b) })
      if (a === 'new') return by(call, { POST: () => batches.beginWith(call, b) })
      if (b === 'info') return by(call, { GET: () => batches.info(call, a) })
      if (b === 'refreshToken') return by(call, { POST: () => batches.refreshToken(call, a) })
      return by(call, {
        GET: () => batches.file(call, a, b),
        POST: () => upload(call, a, b),
        DELETE: () => batches.remove(call, a, b),
      })
    case 3:
      if (b === 'execute') return by(call, { POST: () => executeAll(call, a, c) })
      if (c === 'complete') return by(call, { POST: () => batches.complete(call, a, b) })
      return unknown(call)
    default:
      if (segments.length === 4 && c === 'execute') return by(call, { POST: () => executeOne(call, a, b, d) })
      return unknown(call)
  }
}

/** `/path/…` and `/id/…`, with or without an adapter (a segment that begins with `@`). */
async function document(call: Call, how: 'path' | 'id', segments: readonly string[]): Promise<Answer | null> {
  if (isWrite(call)) assertWriter(call.principal)
  const at = segments.findIndex((segment) => segment.startsWith('@'))
  const place = at < 0 ? segments : segments.slice(0, at)
  const [adapter, ...xpath] = at < 0 ? [] : segments.slice(at)
  const record = await (how === 'path' ? documentAt(call, place) : documentByID(call, place))
  return adapted(call, record, adapter, xpath)
}

function documentByID(call: Call, [uid = '', ...rest]: readonly string[]): Promise<BusinessRecord> {
  if (rest.length > 0) throw notFound('document', [uid, ...rest].join('/'))
  return documentOf(call, uid)
}

function adapted(
  call: Call,
  record: BusinessRecord,
  adapter: string | undefined,
  rest: readonly string[],
): Reply {
  switch (adapter) {
    case undefined:
      return by(call, {
        GET: () => documents.show(call, record),
        POST: () => documents.create(call, record),
        PUT: () => documents.update(call, record),
        DELETE: () => documents.remove(call, record),
      })
    case '@children':
      return by(call, { GET: () => documents.children(call, record) })
    case '@blob':
      return by(call, {
        GET: () => blob.read(call, record, rest.join('/')),
        PUT: () => replace(call, record, rest.join('/')),
        DELETE: () => blob.remove(call, record, rest.join('/')),
      })
    default:
      throw new NuxeoError(404, `there is no adapter ${adapter} here`)
  }
}

/** `/nxfile/{repository}/{uid}/{xpath}/{name}`; the name is for the eye. */
async function nxfile(call: Call, repository: string | undefined, [uid = '', ...rest]: readonly string[]) {
  if (repository !== 'default') throw notFound('document', uid)
  const xpath = rest[0] === 'files:files' ? rest.slice(0, 3).join('/') : (rest[0] ?? '')
  return blob.read(call, await documentOf(call, uid), xpath)
}

const isWrite = ({ exchange }: Call): boolean => !['GET', 'HEAD'].includes(exchange.req.method ?? '')

function by({ exchange }: Call, methods: Methods): Reply {
  const method = exchange.req.method === 'HEAD' ? 'GET' : exchange.req.method
  const handler = methods[method as keyof Methods]
  if (handler !== undefined) return handler()
  const allow = Object.keys(methods).join(', ')
  return exception(405, `${exchange.req.method} is not allowed here, only ${allow}`, { allow })
}

function unknown({ exchange }: Call): Answer {
  return exception(404, `there is nothing at ${exchange.path}`)
}
