import type { Answer, Exchange } from '#http'
import { response } from './answers.ts'
import { caller, writer } from './caller.ts'
import { titleFrom } from './create-session.ts'
import { fieldsOf, queryOf } from './fields.ts'
import { fileView, folderView } from './file-view.ts'
import { filesNamed, folderOf, pathTo, TABLE } from './library.ts'
import type { Services } from './services.ts'
import { cleanTitle } from './text.ts'

/** Files and folders of one answer. */
const PAGE = 1000

/** `GET /api/2.0/files/@my`, `GET /api/2.0/files/{folderId}`: `count` and `startIndex` turn pages */
export async function listing(services: Services, exchange: Exchange, id = ''): Promise<Answer> {
  const principal = await caller(services, exchange)
  const folder = await folderOf(services, principal, id)
  const query = queryOf(exchange)
  const limit = Math.min(query.size('count') || PAGE, PAGE)
  const offset = query.size('startIndex')
  const { records, total } = await services.records.list(principal, {
    table: TABLE,
    parent: folder.uid,
    order: { by: 'name', descending: false },
    limit,
    offset,
  })
  const view = { services, principal, origin: exchange.origin }
  const [folders, files] = [
    records.filter(({ kind }) => kind === 'folder'),
    records.filter(({ kind }) => kind === 'document'),
  ]
  const path = await pathTo(services, principal, folder)
  return response(exchange, {
    files: await Promise.all(files.map((file) => fileView(view, file))),
    folders: await Promise.all(folders.map((one) => folderView(view, one))),
    current: await folderView(view, folder),
    pathParts: path.map((one) => ({ id: one.id, title: one.name })),
    startIndex: offset,
    count: records.length,
    total,
    new: 0,
  })
}

/** `POST /api/2.0/files/folder/{folderId}` `{title}` */
export async function makeFolder(services: Services, exchange: Exchange, id = ''): Promise<Answer> {
  const principal = await writer(services, exchange)
  const parent = await folderOf(services, principal, id)
  const name = titleFrom(await fieldsOf(exchange), 'title')
  const init = { table: TABLE, name, parent: parent.uid, kind: 'folder' } as const
  const folder = await services.records.create(principal, init)
  return response(exchange, await folderView({ services, principal, origin: exchange.origin }, folder))
}

/** `POST /api/2.0/files/{folderId}/upload/check` `{filesTitle:[…]}`: those that exist already */
export async function check(services: Services, exchange: Exchange, id = ''): Promise<Answer> {
  const principal = await caller(services, exchange)
  const folder = await folderOf(services, principal, id)
  const titles = (await fieldsOf(exchange)).list('filesTitle')
  const taken: string[] = []
  for (const title of titles) {
    const found = await filesNamed(services, principal, folder, cleanTitle(title))
    if (found.length > 0) taken.push(title)
  }
  return response(exchange, taken)
}
