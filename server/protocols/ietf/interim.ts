import type { Exchange } from '#http'
import type { Session } from '#sessions'
import type { Call } from './call.ts'
import { limitOf, locationOf, versionField } from './state.ts'

/** What a proxy that takes an interim response for the final one sets to `none` (README, "Behind a proxy"). */
const UNWANTED = 'x-interim-responses'

/** 104 (Upload Resumption Supported) with the new upload's URI and limits, before any byte is read (draft, 4.2.2). */
export function announce(call: Call, session: Session): void {
  const { services, dialect, exchange } = call
  if (dialect.named === null) return
  inform(exchange, {
    ...versionField(dialect),
    Location: locationOf(call, session.id),
    'Upload-Limit': limitOf(services, dialect, session),
  })
}

/** Tells the client each offset that became durable; "These interim responses MUST NOT include the Location". */
export function progress({ dialect, exchange }: Call): ((offset: number) => void) | undefined {
  if (dialect.named === null || !dialect.progress) return undefined
  return (offset) => inform(exchange, { ...versionField(dialect), 'Upload-Offset': String(offset) })
}

function inform({ req, res }: Exchange, headers: Record<string, string>): void {
  // RFC 9110, 15.2: "a server MUST NOT send a 1xx response to an HTTP/1.0 client"
  if (req.httpVersion === '1.0' || req.headers[UNWANTED] === 'none') return
  if (res.headersSent || res.destroyed) return
  res.writeInformation(104, headers)
}
