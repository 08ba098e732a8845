import type { Session } from '#sessions'
import { fileID, koreFile, mediaName, nonceOf } from './file.ts'
import type { Services } from './services.ts'

const MEDIA = '/api/getMediaStream/orgFiles/'

/** What a link says besides its signature, as text in the query. */
export interface LinkFacts {
  readonly name: string
  /** unix seconds */
  readonly e: string
  readonly n: string
  readonly del: string
}

/** "`s` = HMAC-SHA256 over (path name, e, n, del), base64, `=`→`$`, urlencoded" */
function signatureOf({ accounts }: Services, facts: LinkFacts): string {
  return `${accounts.sign(parts(facts)).replaceAll('-', '+').replaceAll('_', '/')}$`
}

export function isSigned({ accounts }: Services, facts: LinkFacts, signature: string): boolean {
  if (!/^[A-Za-z0-9+/]{43}\$$/.test(signature)) return false
  return accounts.verify(parts(facts), signature.slice(0, -1).replaceAll('+', '-').replaceAll('/', '_'))
}

const parts = ({ name, e, n, del }: LinkFacts) => ['kore-media', name, e, n, del]

/** `{url, fileId}` of a completed session: asked again, it says the same. */
export function uploaded(services: Services, session: Session, origin: string) {
  const end = (session.completedAt ?? session.updatedAt) + services.config.kore.urlTTL
  const facts: LinkFacts = {
    name: mediaName(session),
    e: String(Math.floor(end / 1000)),
    n: nonceOf(session),
    del: String(koreFile(session).del),
  }
  const { name, e, n, del } = facts
  const s = encodeURIComponent(signatureOf(services, facts))
  const fileName = encodeURIComponent(session.fileName ?? name)
  const path = MEDIA + encodeURIComponent(name)
  return {
    url: `${origin}${path}?e=${e}&n=${n}&del=${del}&s=${s}&fileName=${fileName}`,
    fileId: fileID(session),
  }
}
