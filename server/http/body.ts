import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Body } from '#sessions'

/** Pieces that may wait unread before the stream is paused; Node's pieces are at most 64 KiB. */
const AHEAD = 4

/** Requests that asked for `100 Continue` and have not been told to go on. */
const uninvited = new WeakMap<IncomingMessage, ServerResponse>()

/** Notes that the client waits for `100 Continue` (RFC 9110, 10.1.1). */
export const expectContinue = (req: IncomingMessage, res: ServerResponse): void => {
  uninvited.set(req, res)
}

export const isUninvited = (req: IncomingMessage): boolean => uninvited.has(req)

/** Bodies that are listened to before anybody asked for them. */
const held = new WeakMap<IncomingMessage, HeldBody>()

/**
 * Listens to a body at once, up to what may wait unread: a client that leaves while its credential is looked up takes
 * none of the bytes with it that had arrived. One that waits for an invitation sends nothing yet.
 */
export function holdBody(req: IncomingMessage): void {
  if (isUninvited(req) || req.complete || lengthOf(req) === 0) return
  const body = readBody(req, lengthOf(req))
  body.hold()
  held.set(req, body)
}

/** Stops listening to a body, so that what nobody took can be read away. */
export function letGo(req: IncomingMessage): void {
  held.get(req)?.letGo()
  held.delete(req)
}

/** The bytes of a request's body. The client is invited to send them only when they are first asked for. */
export function bodyOf(req: IncomingMessage): Body {
  // Still held: whoever asks may refuse the request before a byte of it is read.
  const early = held.get(req)
  if (early !== undefined) return early
  return readBody(req, lengthOf(req), () => {
    uninvited.get(req)?.writeContinue()
    uninvited.delete(req)
  })
}

function lengthOf(req: IncomingMessage): number | null {
  const announced = req.headers['content-length']
  const chunked = req.headers['transfer-encoding'] !== undefined
  if (announced !== undefined) return Number(announced)
  return chunked ? null : 0
}

interface HeldBody extends Body {
  /** listens at once */
  hold(): void
  /** stops listening */
  letGo(): void
}

/**
 * Bytes of any stream as the core takes them. Unlike the stream's own iterator this one can be stopped without
 * destroying the socket below, so that the client still gets an answer.
 */
export function readBody(
  stream: Readable,
  length: number | null,
  begin: () => void = () => undefined,
): HeldBody {
  const pieces: Buffer[] = []
  let listening = false
  let ended = false
  let failure: Error | null = null
  let wake: () => void = () => undefined
  const onData = (piece: Buffer): void => {
    pieces.push(piece)
    if (pieces.length >= AHEAD) stream.pause()
    wake()
  }
  const settle = (error: Error | null): void => {
    if (ended || failure !== null) return
    if (error === null) ended = true
    failure = error
    stream.off('data', onData)
    wake()
  }
  const start = (): void => {
    if (listening) return
    listening = true
    begin()
    stream.on('data', onData)
    stream.once('end', () => settle(null))
    stream.once('error', settle)
    stream.once('close', () => settle(new Error('the connection closed before the body was whole')))
    if (stream.readableEnded) settle(null)
    if (stream.destroyed) settle(stream.errored ?? new Error('the body is gone'))
  }
  // What is not read here is read away, or left, by whoever answers.
  const letGo = (): void => {
    stream.off('data', onData)
    pieces.length = 0
  }
  async function* read(): AsyncGenerator<Buffer> {
    start()
    try {
      for (;;) {
        for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
          if (stopped && failure !== null) throw failure
          yield piece
        }
        if (failure !== null) throw failure
        if (ended) return
        stream.resume()
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    } finally {
      letGo()
    }
  }
  let stopped = false
  return {
    length,
    hold: start,
    letGo,
    stop: (reason) => {
      stopped = true
      stream.pause()
      settle(reason)
    },
    [Symbol.asyncIterator]: read,
  }
}

/** A body that is already in memory. */
export function bodyFrom(bytes: Buffer): Body {
  return {
    length: bytes.length,
    stop: () => undefined,
    async *[Symbol.asyncIterator]() {
      if (bytes.length > 0) yield bytes
    },
  }
}
