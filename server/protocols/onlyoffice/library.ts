import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import type { BusinessRecord, Entry } from '#records'
import { APIError, NO_FILE, NO_FOLDER } from './errors.ts'
import type { Services } from './services.ts'

/** The tree that folders and files are kept in. */
export const TABLE = 'ONLYOFFICE'
/** Where a file's bytes are on its record; every version of them. */
export const SLOT = 'content'

/** The caller's own top folder, `@my`. */
const myFolder = ({ records }: Services, principal: Principal): Promise<BusinessRecord> =>
  records.home(principal, { table: TABLE, name: 'My documents' })

/** A folder by the id in a path, or `@my`. @throws APIError 404 */
export async function folderOf(
  services: Services,
  principal: Principal,
  id: string,
): Promise<BusinessRecord> {
  if (id.toLowerCase() === '@my') return myFolder(services, principal)
  const record = await find(services, principal, id)
  if (record?.kind === 'folder') return record
  throw new APIError(404, NO_FOLDER)
}

/** A file by its id. @throws APIError 404 */
export async function fileOf(services: Services, principal: Principal, id: string): Promise<BusinessRecord> {
  const record = await find(services, principal, id)
  if (record?.kind === 'document') return record
  throw new APIError(404, NO_FILE)
}

async function find({ records }: Services, principal: Principal, id: string): Promise<BusinessRecord | null> {
  // "non-integer folderId goes to third-party route → 404"
  if (!/^\d{1,15}$/.test(id)) return null
  try {
    return await records.get(principal, TABLE, id)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'NOT_FOUND') return null
    throw error
  }
}

/** A folder and all above it, the top first. */
export async function pathTo(
  services: Services,
  principal: Principal,
  folder: BusinessRecord,
): Promise<BusinessRecord[]> {
  const path = [folder]
  for (let at = folder; at.parent !== null; path.unshift(at))
    at = await services.records.get(principal, TABLE, at.parent)
  return path
}

/** The folder that a folder or file lies in; itself at the top. */
export const parentOf = (services: Services, principal: Principal, record: BusinessRecord) =>
  record.parent === null ? Promise.resolve(record) : services.records.get(principal, TABLE, record.parent)

/** Every version of a file, the newest first. */
export async function versionsOf(
  services: Services,
  principal: Principal,
  record: BusinessRecord,
): Promise<Entry[]> {
  const query = { record: record.uid, kind: 'CONTENT', slot: SLOT, versions: 'all' } as const
  const { entries } = await services.records.entries(principal, query)
  return entries.toSorted((a, b) => b.version - a.version)
}

/** Files of that title in a folder. */
export async function filesNamed(
  { records }: Services,
  principal: Principal,
  folder: BusinessRecord,
  title: string,
): Promise<BusinessRecord[]> {
  const where = { field: 'name', value: title } as const
  const found = await records.list(principal, { table: TABLE, parent: folder.uid, where, limit: 1000 })
  return found.records.filter(({ kind }) => kind === 'document')
}
