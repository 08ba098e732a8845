import { assertWriter, type Principal } from '#accounts'
import { notFound, Refusal } from '#errors'
import { type BusinessRecord, type Content, type DocumentWrite, removeTree, writeDocument } from '#records'
import { collect } from './collect.ts'
import type { Core } from './core.ts'
import type { Tx } from './ports.ts'

export type DocumentRequest = Omit<DocumentWrite, 'tenant' | 'userID' | 'by' | 'at'>

/**
 * Makes or changes a document with finished uploads as its contents, by reference, in one transaction. An upload that
 * had no target yet gets the document as its target.
 * @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT
 */
export async function saveDocument(
  core: Core,
  principal: Principal,
  request: DocumentRequest,
): Promise<BusinessRecord> {
  assertWriter(principal)
  const at = core.clock.now()
  const { record, garbage } = await core.db.write(async (tx) => {
    const { tenant, userID, userName: by } = principal
    const write = { ...request, tenant, userID, by, at }
    const written = await writeDocument(tx, write)
    for (const [slot, content] of request.slots)
      if (content !== null) await settle(tx, content, written.record, slot)
    return written
  })
  await collect(core, garbage)
  return record
}

async function settle(tx: Tx, { session }: Content, record: BusinessRecord, slot: string): Promise<void> {
  const now = session === null ? null : await tx.sessions.get(session)
  if (session === null || now?.status !== 'COMPLETED' || now.target !== null) return
  const target = { table: record.table, record: record.uid, slot, kind: 'CONTENT' } as const
  await tx.sessions.update(session, {}, { target })
}

/**
 * Removes a record with its entries and everything in it.
 * @throws Refusal FORBIDDEN, NOT_FOUND
 */
export async function removeDocument(core: Core, principal: Principal, uid: string): Promise<void> {
  assertWriter(principal)
  const garbage = await core.db.write(async (tx) => {
    const record = await tx.records.get(principal.tenant, null, uid)
    if (record === null) throw notFound('record', uid)
    if (record.owner !== null && record.owner !== principal.userID)
      throw new Refusal('NOT_FOUND', `there is no record ${uid}`, { what: 'record' })
    return removeTree(tx, principal.tenant, record)
  })
  await collect(core, garbage)
}
