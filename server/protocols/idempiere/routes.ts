import { type Answer, ByteRoutes, type Exchange, type Handler } from '#http'
import { cancel, FAILED as NOT_CANCELED } from './cancel.ts'
import { FAILED as NOT_UPLOADED, putChunk } from './chunk.ts'
import { copy, FAILED as NOT_SAVED } from './copy.ts'
import { file } from './file.ts'
import { authenticated, inJSON, open } from './handler.ts'
import { initiate, FAILED as NOT_INITIATED } from './initiate.ts'
import * as models from './models.ts'
import type { Services } from './services.ts'
import { list, status } from './status.ts'
import { choose, FAILED as NOT_SIGNED_IN, organizations, roles, signIn } from './tokens.ts'

const BASE = '/api/v1'
const NOT_READ = 'Failed to read'

/** Every route of this protocol. */
export function routes(services: Services, bytes: ByteRoutes): void {
  const own = new ByteRoutes()
  const on: ByteRoutes['on'] = (methods, path, handler) => {
    own.on(methods, BASE + path, handler)
    bytes.on(methods, BASE + path, handler)
  }
  const call = (failed: string, verb: Parameters<typeof authenticated>[2]): Handler =>
    authenticated(services, failed, verb)

  on('POST', '/auth/tokens', open(services, NOT_SIGNED_IN, signIn))
  on('PUT', '/auth/tokens', call(NOT_SIGNED_IN, choose))
  on('GET', '/auth/roles', call(NOT_READ, roles))
  on('GET', '/auth/organizations', call(NOT_READ, organizations))

  on('POST', '/uploads', call(NOT_INITIATED, inJSON(initiate)))
  on(['GET', 'HEAD'], '/uploads', call(NOT_READ, inJSON(list)))
  on(['GET', 'HEAD'], '/uploads/:uploadId', call(NOT_READ, inJSON(status)))
  on('DELETE', '/uploads/:uploadId', call(NOT_CANCELED, inJSON(cancel)))
  on('PUT', '/uploads/:uploadId/chunks/:chunkOrder', call(NOT_UPLOADED, inJSON(putChunk)))
  on(['GET', 'HEAD'], '/uploads/:uploadId/file', call(NOT_READ, file))
  on('POST', '/uploads/:uploadId/copy', call(NOT_SAVED, inJSON(copy)))

  on(['GET', 'HEAD'], '/models/:table', call(NOT_READ, models.list))
  on('POST', '/models/:table', call(models.FAILED, models.create))
  on(['GET', 'HEAD'], '/models/:table/:key', call(NOT_READ, models.get))
  on('PUT', '/models/:table/:key', call(models.FAILED, models.update))
  on('DELETE', '/models/:table/:key', call(models.FAILED, models.remove))
  on(['GET', 'HEAD'], '/models/:table/:key/attachments', call(NOT_READ, models.attachments))
  on(['GET', 'HEAD'], '/models/:table/:key/attachments/:fileName', call(NOT_READ, models.attachment))
  on('DELETE', '/models/:table/:key/attachments/:fileName', call(models.FAILED, models.removeAttachment))
  on(['GET', 'HEAD'], '/models/:table/:key/BinaryData', call(NOT_READ, models.binaryData))

  bytes.match((method, path) =>
    MINE.test(path) && own.find(method, path) === null ? elsewhere(services, own) : null,
  )
}

const MINE = /^\/api\/v1\/(?:uploads|auth|models)(?:\/|$)/
const METHODS = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']

/** E5: "404/405 […] from JAX-RS with empty or text body". */
function elsewhere(services: Services, own: ByteRoutes): Handler {
  const answer = async ({ req, path }: Exchange): Promise<Answer> => {
    const allowed = METHODS.filter((method) => own.find(method, path) !== null)
    if (allowed.length === 0) return { status: 404 }
    const allow = [...allowed, 'OPTIONS'].join(', ')
    return { status: req.method === 'OPTIONS' ? 200 : 405, headers: { allow } }
  }
  return open(services, NOT_READ, (_, exchange) => answer(exchange))
}
