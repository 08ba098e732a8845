import type { Principal } from '#accounts'
import { invalid } from '#errors'
import type { Answer, Exchange } from '#http'
import type { BusinessRecord } from '#records'
import { writer } from './caller.ts'
import { type Fields, fieldsOf, queryOf } from './fields.ts'
import { fileOf, folderOf, parentOf, pathTo } from './library.ts'
import { beginUpload, versionOf } from './plan.ts'
import type { Services } from './services.ts'
import { created } from './session-view.ts'
import { cleanTitle, createdOn } from './text.ts'

/** `POST /api/2.0/files/{folderId}/upload/create_session` */
export async function createSession(services: Services, exchange: Exchange, id = ''): Promise<Answer> {
  const principal = await writer(services, exchange)
  // "`folderId` in the body is ignored: the path wins."
  const top = await folderOf(services, principal, id)
  const fields = await fieldsOf(exchange)
  const wish = {
    title: titleFrom(fields),
    size: fields.size('fileSize'),
    encrypted: fields.flag('encrypted'),
    createNewIfExist: fields.flag('createNewIfExist'),
    createdAt: createdOn(fields.raw('createOn')),
  }
  const folder = await subfolder(services, principal, top, fields.text('relativePath'))
  const session = await beginUpload(services, principal, { ...wish, folder })
  const path = await pathTo(services, principal, folder)
  return created(
    exchange,
    session,
    path.map((one) => one.id),
  )
}

/** @throws Refusal INVALID */
export function titleFrom(fields: Fields, name = 'fileName'): string {
  const title = cleanTitle(fields.text(name) ?? '')
  if (title === '') throw invalid(name, 'is required')
  return title
}

/** "`/`-split sub-folders created on demand … Empty first segment stops the descent" */
async function subfolder(
  services: Services,
  principal: Principal,
  top: BusinessRecord,
  relativePath: string | null,
): Promise<BusinessRecord> {
  const segments = (relativePath ?? '').split('/').map(cleanTitle)
  const end = segments.indexOf('')
  const names = end < 0 ? segments : segments.slice(0, end)
  return (await services.records.descend(principal, top, names)).at(-1) ?? top
}

/** `POST /api/2.0/files/file/{fileId}/edit_session`: "new content for an existing file, version kept" */
export async function editSession(services: Services, exchange: Exchange, id = ''): Promise<Answer> {
  const principal = await writer(services, exchange)
  const record = await fileOf(services, principal, id)
  const fields = await fieldsOf(exchange)
  // "`fileSize` body CS / query DS"
  const said = fields.raw('fileSize') === undefined ? queryOf(exchange) : fields
  const size = said.size('fileSize')
  const encrypted = fields.flag('encrypted')
  const folder = await parentOf(services, principal, record)
  const session = await versionOf(services, principal, { folder, record, size, encrypted })
  const path = await pathTo(services, principal, folder)
  return created(
    exchange,
    session,
    path.map((one) => one.id),
  )
}
