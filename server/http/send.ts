import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { isUninvited, letGo } from './body.ts'
import type { Answer, Exchange } from './exchange.ts'

/** An unread body is read away for this long before the connection closes, ms … */
const LINGER = 5000
/** … and no further than this many bytes. */
const LINGER_BYTES = 256 * 1024 * 1024

/**
 * Sends an answer. One that is given before the whole body came still reaches the client: what follows is read away for
 * a while before the connection closes, because a close with unread bytes becomes a reset that discards the answer.
 */
export async function send({ req, res }: Exchange, answer: Answer): Promise<void> {
  if (res.headersSent || res.destroyed) return
  const body = bodyAllowed(req, answer.status) ? (answer.body ?? '') : ''
  const unread = !req.complete
  for (const [name, value] of Object.entries(answer.headers ?? {})) res.setHeader(name, value as string)
  if (answer.status >= 200 && answer.status !== 204 && answer.status !== 304 && !isHead(req)) {
    res.setHeader('content-length', Buffer.byteLength(body))
  }
  if (unread) res.setHeader('connection', 'close')
  res.statusCode = answer.status
  if (answer.statusText !== undefined) res.statusMessage = answer.statusText
  if (!unread || isUninvited(req)) {
    res.end(body)
    return
  }
  letGo(req)
  res.flushHeaders()
  if (body.length > 0) res.write(body)
  await readAway(req, res)
  res.end()
}

const isHead = (req: IncomingMessage): boolean => req.method === 'HEAD'
const bodyAllowed = (req: IncomingMessage, status: number): boolean =>
  !isHead(req) && status !== 204 && status !== 304

async function readAway(req: IncomingMessage, res: ServerResponse): Promise<void> {
  let left = LINGER_BYTES
  const full = new AbortController()
  req.on('data', (piece: Buffer) => {
    left -= piece.length
    if (left < 0) full.abort()
  })
  req.on('error', () => undefined)
  req.resume()
  const { signal } = full
  const over = [
    once(req, 'end', { signal }),
    once(res, 'close', { signal }),
    sleep(LINGER, undefined, { signal, ref: false }),
  ]
  await Promise.race(over.map((event) => event.catch(() => undefined)))
  full.abort()
}
