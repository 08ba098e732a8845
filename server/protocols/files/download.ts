import type { IncomingMessage } from 'node:http'
import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import { download, type Handler } from '#http'
import type { Sessions } from '#sessions'

interface Services {
  readonly sessions: Sessions
  authenticate(req: IncomingMessage): Promise<Principal | null>
}

/** GET on an upload URL: the finished file, whichever protocol it came by. */
export const serveFile =
  ({ sessions, authenticate }: Services): Handler =>
  async ({ req, res, params }) => {
    const principal = await authenticate(req)
    if (principal === null) throw new Refusal('UNAUTHENTICATED', 'this needs a credential')
    const { id } = await sessions.current(principal, params.id ?? '')
    const { session, file } = await sessions.finished(principal, id)
    return download(req, res, {
      file,
      name: session.fileName ?? session.id,
      contentType: session.contentType,
      modified: session.completedAt,
      disposition: 'inline',
      bytes: (from, to) => sessions.bytes(file, from, to),
    })
  }
