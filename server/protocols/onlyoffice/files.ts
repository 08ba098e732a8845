import type { Principal } from '#accounts'
import { type Answer, download, type Exchange } from '#http'
import type { BusinessRecord } from '#records'
import { CORS, response } from './answers.ts'
import { caller } from './caller.ts'
import { APIError, NO_FILE } from './errors.ts'
import { queryOf } from './fields.ts'
import { fileView } from './file-view.ts'
import { fileOf, versionsOf } from './library.ts'
import type { Services } from './services.ts'

/** `GET /api/2.0/files/file/{id}`, `?version=` for an older one */
export async function fileInfo(services: Services, exchange: Exchange, id = ''): Promise<Answer> {
  const principal = await caller(services, exchange)
  const record = await fileOf(services, principal, id)
  const entry = await versionFrom(services, exchange, principal, record)
  return response(exchange, await fileView({ services, principal, origin: exchange.origin }, record, entry))
}

/** `GET /api/2.0/files/file/{id}/history`: every version, the newest first */
export async function history(services: Services, exchange: Exchange, id = ''): Promise<Answer> {
  const principal = await caller(services, exchange)
  const record = await fileOf(services, principal, id)
  const view = { services, principal, origin: exchange.origin }
  const versions = await versionsOf(services, principal, record)
  return response(exchange, await Promise.all(versions.map((entry) => fileView(view, record, entry))))
}

/** `GET /api/2.0/files/file/{id}/presigneduri`: where the bytes are, for whoever may read the file */
export async function uri(services: Services, exchange: Exchange, id = ''): Promise<Answer> {
  const principal = await caller(services, exchange)
  const record = await fileOf(services, principal, id)
  const { viewUrl } = await fileView({ services, principal, origin: exchange.origin }, record)
  return response(exchange, viewUrl)
}

export const isFileHandler = (path: string): boolean => /\/filehandler\.ashx$/i.test(path)

/** `GET /filehandler.ashx?action=download&fileid={id}`, `&version=` for an older one */
export async function fileHandler(services: Services, exchange: Exchange): Promise<Answer | null> {
  const { req, res } = exchange
  if (req.method !== 'GET' && req.method !== 'HEAD')
    throw new APIError(405, 'GET or HEAD expected', { allow: 'GET, HEAD, OPTIONS' })
  const principal = await caller(services, exchange)
  const query = queryOf(exchange)
  const action = query.text('action') ?? 'download'
  if (!/^(download|view|stream)$/i.test(action)) throw new APIError(400, `there is no action ${action}`)
  const record = await fileOf(services, principal, query.text('fileid') ?? '')
  const entry = await versionFrom(services, exchange, principal, record)
  return download(req, res, {
    file: entry.file,
    name: record.name,
    contentType: entry.contentType,
    modified: entry.createdAt,
    bytes: (from, to) => services.sessions.bytes(entry.file, from, to),
    headers: CORS,
  })
}

async function versionFrom(
  services: Services,
  exchange: Exchange,
  principal: Principal,
  record: BusinessRecord,
) {
  const versions = await versionsOf(services, principal, record)
  const wanted = queryOf(exchange).text('version') ?? ''
  // Zero and less stand for the current version.
  const entry = /^(|0|-\d+)$/.test(wanted)
    ? versions[0]
    : versions.find(({ version }) => String(version) === wanted)
  if (entry === undefined) throw new APIError(404, NO_FILE)
  return entry
}
