import type { Principal } from '#accounts'
import { notFound, Refusal } from '#errors'
import type { BusinessRecord } from '#records'
import type { Services } from './services.ts'

/** Documents are records of this table, and lie in one another. */
export const TABLE = 'nuxeo'
/** Contract, "Documents": these exist. The first is `/` and bears the name of the repository. */
const FIXED = [
  { name: 'default', type: 'Root', title: null },
  { name: 'default-domain', type: 'Domain', title: 'Domain' },
  { name: 'workspaces', type: 'WorkspaceRoot', title: 'Workspaces' },
] as const

type Caller = { readonly services: Services; readonly principal: Principal }

const prepared = new WeakMap<Services, Map<string, Promise<BusinessRecord>>>()

/** The document `/`. What must always exist is made when a tenant first comes here. */
function rootOf({ services, principal }: Caller): Promise<BusinessRecord> {
  const { tenant } = principal
  const tenants = prepared.get(services) ?? new Map<string, Promise<BusinessRecord>>()
  prepared.set(services, tenants)
  const known = tenants.get(tenant)
  if (known !== undefined) return known
  const preparing = prepare(services, tenant)
  tenants.set(tenant, preparing)
  preparing.catch(() => tenants.delete(tenant))
  return preparing
}

async function prepare(services: Services, tenant: string): Promise<BusinessRecord> {
  const principal: Principal = { tenant, userID: '', userName: 'system', roles: ['user'] }
  const caller = { services, principal }
  const made: BusinessRecord[] = []
  for (const { name, type, title } of FIXED) {
    const parent = made.at(-1)?.uid ?? null
    const there = await childOf(caller, parent, name)
    made.push(there ?? (await make(caller, parent, name, { type, 'dc:title': title })))
  }
  return made[0] as BusinessRecord
}

async function make(caller: Caller, parent: string | null, name: string, fields: Record<string, unknown>) {
  const { services, principal } = caller
  const document = { table: TABLE, parent, kind: 'folder', names: [name], fields } as const
  try {
    return await services.sessions.saveDocument(principal, { document, slots: new Map() })
  } catch (error) {
    // Another node was first.
    const there =
      error instanceof Refusal && error.code === 'CONFLICT' && (await childOf(caller, parent, name))
    if (!there) throw error
    return there
  }
}

async function childOf(
  { services, principal }: Caller,
  parent: string | null,
  name: string,
): Promise<BusinessRecord | null> {
  const { tenant, userID: viewer } = principal
  const where = { field: 'name', value: name } as const
  const { records } = await services.db.records.list({
    tenant,
    table: TABLE,
    viewer,
    parent,
    where,
    limit: 1,
  })
  return records[0] ?? null
}

/** @throws Refusal NOT_FOUND */
export async function documentAt(caller: Caller, names: readonly string[]): Promise<BusinessRecord> {
  let found = await rootOf(caller)
  for (const name of names) {
    const child = await childOf(caller, found.uid, name)
    if (child === null) throw notFound('document', `/${names.join('/')}`)
    found = child
  }
  return found
}

/** @throws Refusal NOT_FOUND */
export async function documentOf(caller: Caller, uid: string): Promise<BusinessRecord> {
  const { services, principal } = caller
  await rootOf(caller)
  const found = /^[0-9a-f-]{36}$/i.test(uid)
    ? await services.db.records.get(principal.tenant, TABLE, uid)
    : null
  if (found !== null && (found.owner === null || found.owner === principal.userID)) return found
  throw notFound('document', uid)
}

/** By what operations take: a path, or a uid. */
export const documentBy = (caller: Caller, reference: string): Promise<BusinessRecord> =>
  reference.startsWith('/')
    ? documentAt(caller, reference.split('/').filter(Boolean))
    : documentOf(caller, reference)

export async function pathOf(caller: Caller, record: BusinessRecord): Promise<string> {
  const names: string[] = []
  let at: BusinessRecord | null = record
  while (at !== null && at.parent !== null) {
    names.unshift(at.name)
    at = await caller.services.db.records.get(caller.principal.tenant, TABLE, at.parent)
  }
  return `/${names.join('/')}`
}
