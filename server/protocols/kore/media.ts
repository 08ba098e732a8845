import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import { type Answer, dispositionOf, download, type Exchange, safeName } from '#http'
import type { Session } from '#sessions'
import { CORS } from './cors.ts'
import { KoreError } from './errors.ts'
import { koreFile, mediaName, parseMediaName, typeOf } from './file.ts'
import { isSigned } from './link.ts'
import { cleanName } from './names.ts'
import type { Services } from './services.ts'

/** `GET`, `HEAD /api/getMediaStream/orgFiles/{name}`: the link is the credential. */
export async function media(services: Services, exchange: Exchange, name: string): Promise<Answer | null> {
  const { query, req, res } = exchange
  // "the signature is checked first, so a missing or changed `e`, `n`, `del`, `s` or name is 403"
  const [e = '', n = '', del = ''] = ['e', 'n', 'del'].map((key) => query.get(key) ?? '')
  if (!isSigned(services, { name, e, n, del }, query.get('s') ?? ''))
    throw new KoreError(403, 'FORBIDDEN', 'The signature of this link does not hold')
  if (Date.now() > Number(e) * 1000) throw new KoreError(410, 'URL_EXPIRED', 'This link has expired')
  const { owner, session, file } = await find(services, name)
  const hint = cleanName(query.get('fileName') ?? '')
  const shown = hint === '' ? (session.fileName ?? name) : hint
  await download(req, res, {
    file,
    name: shown,
    contentType: typeOf(koreFile(session).extension),
    modified: session.completedAt,
    bytes: (from, to) => services.sessions.bytes(file, from, to),
    headers: { ...CORS, 'content-disposition': inline(shown) },
  })
  if (del === 'true' && wasReadWhole(exchange, file.size)) await remove(services, owner, session)
  return null
}

async function find({ accounts, sessions }: Services, name: string) {
  const parsed = parseMediaName(name)
  const id = parsed?.session ?? ''
  const userID = parsed === null ? null : await sessions.ownerOf(id)
  const owner = userID === null ? null : await accounts.principal(userID)
  if (owner === null) throw gone()
  const { session, file } = await sessions.finished(owner, id).catch((error: unknown) => {
    throw error instanceof Refusal ? gone() : error
  })
  if (session.protocol !== 'kore' || mediaName(session) !== name) throw gone()
  return { owner, session, file }
}

/** "`del=true` (only if signed) deletes after the first full read" */
function wasReadWhole({ req, res }: Exchange, size: number): boolean {
  if (req.method !== 'GET' || !res.writableFinished) return false
  const whole = `bytes 0-${size - 1}/${size}`
  return res.statusCode === 200 || (res.statusCode === 206 && res.getHeader('content-range') === whole)
}

async function remove({ sessions }: Services, owner: Principal, { id }: Session): Promise<void> {
  try {
    await sessions.cancel(owner, id)
  } catch (error) {
    // Two readers at once: the other one's read removed it.
    if (!(error instanceof Refusal && error.code === 'CANCELED')) throw error
  }
}

const gone = (): KoreError => new KoreError(404, 'FILE_NOT_FOUND', 'There is no file at this link')

/** "`Content-Disposition: inline; filename*=`": the extended form always, beside the plain one. */
function inline(name: string): string {
  const value = dispositionOf('inline', name)
  if (value.includes('filename*=')) return value
  const extended = encodeURIComponent(safeName(name)).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  )
  return `${value}; filename*=UTF-8''${extended}`
}
