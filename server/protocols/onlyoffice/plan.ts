import { randomUUID } from 'node:crypto'
import mime from 'mime-types'
import type { Principal } from '#accounts'
import type { BusinessRecord } from '#records'
import type { NewSession, Session, Target } from '#sessions'
import { filesNamed, SLOT, TABLE } from './library.ts'
import type { Services } from './services.ts'
import { numbered } from './text.ts'

/** "12 h sliding" */
const LIFE = 12 * 60 * 60_000

export interface Wish {
  readonly folder: BusinessRecord
  readonly title: string
  /** bytes; 0 while unknown */
  readonly size: number
  readonly encrypted: boolean
  readonly createNewIfExist: boolean
  /** milliseconds since 1970 */
  readonly createdAt: number | null
}

/**
 * Begins an upload to a folder. Contract, section 7: what becomes of a title that exists "is fixed at create_session
 * time"; the completing transaction files the bytes, so a file is there exactly when its session is complete.
 */
export async function beginUpload(services: Services, principal: Principal, wish: Wish): Promise<Session> {
  const { folder, encrypted } = wish
  const taken = await filesNamed(services, principal, folder, wish.title)
  // "Not editable (locked, being edited, encrypted, in trash) → a second file of the same title."
  const older = wish.createNewIfExist ? undefined : taken.find(({ fields }) => fields.encrypted !== true)
  if (older !== undefined) return versionOf(services, principal, { ...wish, record: older })
  const title = wish.createNewIfExist && taken.length > 0 ? await free(services, principal, wish) : wish.title
  const record = randomUUID()
  const document = {
    table: TABLE,
    parent: folder.uid,
    name: title,
    uid: record,
    owner: folder.owner,
    fields: { encrypted },
    ...(wish.createdAt === null ? {} : { createdAt: wish.createdAt }),
    taken: 'separate',
  } as const
  const target = { table: null, record: null, ...CONTENT, document }
  return create(services, principal, { title, size: wish.size, target, folder: folder.id, record, encrypted })
}

/** Begins the upload of a new version of a file. */
export function versionOf(
  services: Services,
  principal: Principal,
  {
    folder,
    record,
    size,
    encrypted,
  }: Pick<Wish, 'folder' | 'size' | 'encrypted'> & { record: BusinessRecord },
): Promise<Session> {
  const target = { table: TABLE, record: record.uid, ...CONTENT }
  const kept = { folder: folder.id, record: record.uid, encrypted }
  return create(services, principal, { title: record.name, size, target, ...kept })
}

const CONTENT = { kind: 'CONTENT', slot: SLOT, versions: 'keep' } as const

interface Draft {
  readonly title: string
  readonly size: number
  readonly target: Target
  readonly folder: number
  readonly record: string
  readonly encrypted: boolean
}

function create(services: Services, principal: Principal, draft: Draft): Promise<Session> {
  const { title, size, target, ...attributes } = draft
  const init: NewSession = {
    protocol: 'onlyoffice',
    fileName: title,
    contentType: mime.lookup(title) || null,
    // "fileSize 0: DS takes the size of the one chunk sent"
    size: size === 0 ? null : size,
    // Chunks may come numbered, "N from **1**"; those without a number are numbered in arrival order.
    firstChunk: 1,
    target,
    attributes,
    life: { ms: services.config.sessionTTL ?? LIFE, sliding: true },
  }
  return services.sessions.create(principal, init)
}

async function free(services: Services, principal: Principal, { folder, title }: Wish): Promise<string> {
  for (const name of numbered(title)) {
    if ((await filesNamed(services, principal, folder, name)).length === 0) return name
  }
  return title
}
