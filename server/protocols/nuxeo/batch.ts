import type { Principal } from '#accounts'
import type { Config } from '#config'
import { notFound } from '#errors'
import { actorIn, type Group, type Session } from '#sessions'
import type { Call, Services } from './services.ts'

/** Contract: "Its life (3 days) is renewed by every accepted chunk." ms */
const LIFE = 3 * 24 * 60 * 60_000
const PREFIX = 'batchId-'

/** A batch is a group of sessions; the place in the group is the index of the file. */
export interface Batch {
  readonly group: Group
  /** as clients know it */
  readonly batchId: string
  /** whoever uses a batch acts as its owner */
  readonly actor: Principal
}

export const lifeOf = (config: Config) => ({ ms: config.sessionTTL ?? LIFE, sliding: true })

export async function createBatch({ services, principal, strict }: Call): Promise<Batch> {
  const life = lifeOf(services.config)
  // Contract, section 4: "Nuxeo does not tie a batch to a user".
  const group = await services.sessions.groups.create(principal, { protocol: 'nuxeo', shared: strict, life })
  return batchOf(group, principal)
}

/** @throws Refusal NOT_FOUND, for ids that could never be one too */
export async function findBatch(
  { services, principal }: Pick<Call, 'services' | 'principal'>,
  batchId: string,
): Promise<Batch> {
  const id = batchId.startsWith(PREFIX) ? batchId.slice(PREFIX.length) : ''
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw notFound('batch', batchId)
  const group = await services.sessions.groups.read(principal, id)
  return batchOf(group, principal)
}

const batchOf = (group: Group, principal: Principal): Batch => ({
  group,
  batchId: `${PREFIX}${group.id}`,
  actor: actorIn(group, principal),
})

/** A file exists from its first chunk on; what came before that was refused or cut. */
const isFile = (session: Session): boolean => session.firstChunk === null || session.chunkCount > 0

/** The files of a batch by ascending index. */
export async function filesOf({ sessions }: Services, { group, actor }: Batch): Promise<Session[]> {
  return (await sessions.groups.members(actor, group.id)).filter(isFile)
}

/** The file at an index of the URL; null when there is none. A completion under way is waited for. */
export async function fileAt(
  { sessions }: Services,
  { group, actor }: Batch,
  fileIdx: string,
): Promise<Session | null> {
  const index = /^\d{1,15}$/.test(fileIdx) ? Number(fileIdx) : -1
  if (index < 0) return null
  const session = await sessions.groups.member(actor, group.id, index)
  return session === null || !isFile(session) ? null : sessions.settled(session)
}
