import type { Principal } from '#accounts'
import type { BusinessRecord, Entry } from '#records'
import { parentOf, pathTo, TABLE, versionsOf } from './library.ts'
import type { Services } from './services.ts'
import { extensionOf, sizeText, timestamp } from './text.ts'

/** Numbers of the original's file types. */
const TYPES: readonly (readonly [type: number, extensions: string])[] = [
  [1, 'zip rar 7z tar gz bz2'],
  [2, 'mp4 webm avi mov mkv mpeg mpg m4v'],
  [3, 'mp3 wav m4a ogg flac mpga aac'],
  [4, 'png jpg jpeg gif webp bmp svg tiff tif ico'],
  [5, 'xlsx xls ods csv xlsm xltx'],
  [6, 'pptx ppt odp ppsx potx'],
  [7, 'docx doc odt rtf txt html epub docxf oform'],
  [10, 'pdf djvu xps'],
]
const typeOf = (extension: string): number =>
  TYPES.find(([, extensions]) => extensions.split(' ').includes(extension.slice(1)))?.[0] ?? 0

const person = (name: string, record: BusinessRecord) => ({ id: record.owner ?? name, displayName: name })

/** Answers about one request's files and folders. */
export interface View {
  readonly services: Services
  readonly principal: Principal
  readonly origin: string
}

/** A version of a file as clients know it (contract, section 3); the current one when `entry` is left out. */
export async function fileView(view: View, record: BusinessRecord, entry?: Entry) {
  const { services, principal, origin } = view
  const shown = entry ?? (await versionsOf(services, principal, record))[0]
  const path = await pathTo(services, principal, await parentOf(services, principal, record))
  const extension = extensionOf(record.name)
  const size = shown?.file.size ?? 0
  const version = shown?.version ?? 1
  const old = shown?.current === false ? `&version=${version}` : ''
  const url = `${origin}/filehandler.ashx?action=download&fileid=${record.id}${old}`
  return {
    folderId: path.at(-1)?.id,
    version,
    versionGroup: version,
    contentLength: sizeText(size),
    pureContentLength: size,
    fileStatus: 0,
    viewUrl: url,
    webUrl: url,
    fileType: typeOf(extension),
    fileExst: extension,
    comment: version === 1 ? 'Created' : 'Uploaded',
    encrypted: await isEncrypted(view, record, shown),
    id: record.id,
    rootFolderId: path[0]?.id,
    canShare: false,
    title: record.name,
    access: 0,
    shared: false,
    created: timestamp(record.createdAt),
    createdBy: person(record.createdBy, record),
    updated: timestamp(shown?.createdAt ?? record.updatedAt),
    updatedBy: person(shown?.createdBy ?? record.createdBy, record),
    rootFolderType: 5,
    security: { Read: true, Edit: record.fields.encrypted !== true, Download: true, Delete: true },
  }
}

/** "stored as a flag on the file": of a new version it is said by the session that brought it. */
async function isEncrypted(
  { services, principal }: View,
  record: BusinessRecord,
  entry?: Entry,
): Promise<boolean> {
  if (entry?.session == null || entry.version === 1) return record.fields.encrypted === true
  const session = await services.sessions.read(principal, entry.session)
  return session.attributes.encrypted === true
}

/** A folder as clients know it; the members of `current` and of everything in `folders`. */
export async function folderView({ services, principal }: View, record: BusinessRecord) {
  const count = async (kind: string): Promise<number> => {
    const where = { field: 'kind', value: kind } as const
    const query = { table: TABLE, parent: record.uid, where, limit: 1 }
    return (await services.records.list(principal, query)).total
  }
  const path = await pathTo(services, principal, record)
  return {
    parentId: path.at(-2)?.id ?? 0,
    filesCount: await count('document'),
    foldersCount: await count('folder'),
    new: 0,
    mute: false,
    pinned: false,
    private: false,
    id: record.id,
    rootFolderId: path[0]?.id,
    canShare: false,
    title: record.name,
    access: 0,
    shared: false,
    created: timestamp(record.createdAt),
    createdBy: person(record.createdBy, record),
    updated: timestamp(record.updatedAt),
    updatedBy: person(record.createdBy, record),
    rootFolderType: 5,
    security: { Read: true, Create: true, CreateFrom: true },
  }
}
