import { type Answer, json } from '#http'
import type { Session, Status } from '#sessions'
import type { Call } from './caller.ts'
import { bare, Ended } from './errors.ts'
import { look } from './life.ts'
import { presign } from './presign.ts'
import { isStrict, type Services } from './services.ts'
import { statusObject, statusOf } from './view.ts'

/** `GET v1/uploads/{uploadId}`, section 1.3. */
export async function status(services: Services, call: Call): Promise<Answer> {
  const id = call.params.uploadId ?? ''
  const life = lifeOf(call, isStrict(services))
  const { session, lapsedNow } = await look(services, call, id)
  const object = await statusObject(services, call, session, lapsedNow)
  return json(200, { ...object, presignedURL: life > 0 ? linkTo(services, call, id, life) : null })
}

/**
 * Seconds the link asked for shall live. "a status call made through a presigned link never returns a link that lives
 * longer"; the original renews itself.
 */
function lifeOf({ query, link }: Call, strict: boolean): number {
  const given = query.get('expiresInSeconds') ?? ''
  if (given === '') return 0
  // "Non-numeric -> 404"
  if (!/^[+-]?\d{1,15}$/.test(given)) throw new Ended(bare(404))
  const wanted = Number(given)
  return link === null || strict ? wanted : Math.min(wanted, Math.floor((link.until - Date.now()) / 1000))
}

/** "one string with two paths joined by a comma […] Only the second part carries the query string" */
function linkTo({ accounts, ...services }: Services, { caller }: Call, id: string, life: number): string {
  const path = `v1/uploads/${id}`
  const request = { owner: caller.userID, method: 'GET', path, from: Date.now(), life } as const
  return `${path},${path}/file?${presign(accounts, request, isStrict({ accounts, ...services }))}`
}

/** "status not in (COMPLETED, CANCELED) -> includes FAILED"; strict looks at those too, for what lapsed. */
const PENDING: readonly Status[] = ['INITIATED', 'UPLOADING', 'PROCESSING', 'FAILED']
const EVERY: readonly Status[] = [...PENDING, 'COMPLETED', 'CANCELED']
const PAGE = 200

/** `GET v1/uploads`, section 8: "Sessions created by the current user […] Ordered by creation id ascending". */
export async function list(services: Services, call: Call): Promise<Answer> {
  const uploads: unknown[] = []
  for await (const found of sessionsOf(services, call)) {
    const { session, lapsedNow } = await look(services, call, found.id)
    if (!PENDING.includes(statusOf(session))) continue
    uploads.push(await statusObject(services, call, session, lapsedNow))
  }
  return json(200, { uploads })
}

async function* sessionsOf(services: Services, { caller }: Call): AsyncGenerator<Session> {
  const query = {
    mine: true,
    protocol: 'idempiere',
    status: isStrict(services) ? EVERY : PENDING,
    order: 'oldest',
    limit: PAGE,
  } as const
  let cursor: string | null = null
  do {
    const page = await services.sessions.list(caller, { ...query, ...(cursor !== null && { cursor }) })
    yield* page.items
    cursor = page.nextCursor
  } while (cursor !== null)
}
