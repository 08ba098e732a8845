import { randomUUID } from 'node:crypto'
import { assertWriter, type Principal } from '#accounts'
import { invalid } from '#errors'
import { targetOf } from '#records'
import type { Core } from './core.ts'
import { assertSize, hexDigests } from './declare.ts'
import {
  type Algorithm,
  type Digests,
  LOCATIONS,
  type Location,
  type Protocol,
  type Session,
  type Target,
} from './session.ts'

export interface NewSession {
  readonly protocol: Protocol
  /** uuid; made when absent */
  readonly id?: string
  readonly fileName?: string | null
  readonly contentType?: string | null
  /** whole length in bytes; null or absent while unknown */
  readonly size?: number | null
  readonly chunkSize?: number | null
  /** whole-file digests the client promises, hex in either case */
  readonly declared?: Digests
  /** `text`: compared exactly as given, so that anything but lower-case hex never matches (default: hex) */
  readonly declaredAs?: 'hex' | 'text'
  readonly wanted?: readonly Algorithm[]
  readonly location?: Location
  /** what to file the finished bytes as; the record by integer id or uid */
  readonly target?: Target | null
  readonly group?: string | null
  readonly groupIndex?: number | null
  /** number of the first chunk, for uploads in numbered chunks */
  readonly firstChunk?: number | null
  readonly totalChunks?: number | null
  readonly partial?: boolean
  /** what the owner should know though nothing is refused */
  readonly warning?: string | null
  readonly attributes?: Readonly<Record<string, unknown>>
  /** life while unfinished, ms; `sliding`: renewed by activity */
  readonly life: { readonly ms: number; readonly sliding: boolean }
}

/** Characters a file name may have at most. */
const NAME = 4096

/**
 * Begins an upload.
 * @throws Refusal FORBIDDEN (readers), INVALID, TOO_LARGE, NOT_FOUND (table or record)
 */
export async function create(core: Core, principal: Principal, init: NewSession): Promise<Session> {
  const session = await draft(core, principal, init)
  await core.db.write((tx) => tx.sessions.insert(session))
  core.events.publish('changed', session)
  return session
}

/** A session as it begins, not in the database yet. Refuses what `create` refuses. */
export async function draft(core: Core, principal: Principal, init: NewSession): Promise<Session> {
  assertWriter(principal)
  const size = init.size ?? null
  if (size !== null) assertSize(core, size)
  const fileName = init.fileName ?? null
  if (fileName !== null && fileName.length > NAME)
    throw invalid('file name', `must have at most ${NAME} characters`)
  const location = init.location ?? 'ARCHIVE'
  if (!LOCATIONS.includes(location)) throw invalid('location', `must be one of ${LOCATIONS.join(', ')}`)
  const target = await resolve(core, principal, init.target ?? null)
  const now = core.clock.now()
  const firstChunk = init.firstChunk ?? null
  const chunkSize = init.chunkSize ?? null
  return {
    id: init.id ?? randomUUID(),
    tenant: principal.tenant,
    owner: principal.userID,
    ownerName: principal.userName,
    protocol: init.protocol,
    fileName,
    contentType: init.contentType ?? null,
    size,
    chunkSize,
    declared: init.declaredAs === 'text' ? { ...init.declared } : hexDigests(init.declared ?? {}),
    computed: {},
    wanted: init.wanted ?? [],
    location,
    target,
    group: init.group ?? null,
    groupIndex: init.groupIndex ?? null,
    status: 'INITIATED',
    failure: null,
    warning: init.warning ?? null,
    offset: 0,
    received: 0,
    firstChunk,
    chunkCount: 0,
    nextChunk: firstChunk ?? 0,
    stride: null,
    totalChunks: init.totalChunks ?? null,
    partial: init.partial ?? false,
    segments: null,
    attributes: init.attributes ?? {},
    createdAt: now,
    updatedAt: now,
    expiresAt: now + init.life.ms,
    ttl: init.life.sliding ? init.life.ms : 0,
    completedAt: null,
  }
}

/** A record is looked up now, so that a wrong one is refused before a byte is sent, and kept by its uid. */
async function resolve(core: Core, principal: Principal, target: Target | null): Promise<Target | null> {
  if (target === null || target.table === null || target.record === null) return target
  const record = await targetOf(core.db.records, principal, target.table, target.record)
  return { ...target, table: record.table, record: record.uid }
}
