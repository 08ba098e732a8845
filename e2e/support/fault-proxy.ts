import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A TCP proxy in front of a server that is as slow, cut or deaf as a test tells it to be, at any time. */
export class FaultProxy {
  /** Bytes a second towards the server, of all connections together. */
  rate = Number.POSITIVE_INFINITY
  /** New connections are reset, and those that are open break. */
  #refuse = false
  /** After so many further bytes the connection that brings them is reset, once. */
  cutAfter: number | null = null
  /** Bytes passed on to the server so far. */
  passed = 0
  /** Connections reset so far, cut or refused. */
  broken = 0
  #free = 0
  readonly #target: URL
  readonly #sockets = new Set<Socket>()
  readonly #server: Server

  private constructor(target: string) {
    this.#target = new URL(target)
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#open(client))
  }

  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  /** Origin without a trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  set refuse(refuse: boolean) {
    this.#refuse = refuse
    if (!refuse) return
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #open(client: Socket): void {
    if (this.#refuse) {
      this.broken += 1
      client.resetAndDestroy()
      return
    }
    const { hostname, port } = this.#target
    const upstream = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      socket.on('error', () => undefined)
    }
    void this.#up(client, upstream)
    void this.#down(upstream, client)
  }

  async #up(client: Socket, upstream: Socket): Promise<void> {
    for await (const piece of pieces(client)) {
      await this.#turn(piece.length)
      const { part, last } = this.#cut(piece)
      if (!(await give(part, upstream))) return void client.destroy()
      this.passed += part.length
      if (last) {
        this.broken += 1
        upstream.end()
        client.resetAndDestroy()
        return
      }
    }
    upstream.end()
  }

  async #down(upstream: Socket, client: Socket): Promise<void> {
    for await (const piece of pieces(upstream))
      if (!(await give(piece, client))) return void upstream.destroy()
    client.end()
  }

  /** What of a piece still goes through, and whether nothing after it does. */
  #cut(piece: Buffer): { part: Buffer; last: boolean } {
    if (this.cutAfter === null) return { part: piece, last: false }
    const part = piece.subarray(0, this.cutAfter)
    this.cutAfter -= part.length
    const last = this.cutAfter === 0
    if (last) this.cutAfter = null
    return { part, last }
  }

  /** Waits until so many bytes may go. */
  async #turn(length: number): Promise<void> {
    const now = performance.now()
    this.#free = Math.max(now, this.#free) + (length / this.rate) * 1000
    const wait = this.#free - now
    if (wait >= 1) await sleep(wait)
  }
}

/** False when nothing will get through any more. */
async function give(piece: Buffer, to: Socket): Promise<boolean> {
  if (to.destroyed) return false
  if (piece.length > 0 && !to.write(piece)) await roomIn(to)
  return true
}

function roomIn(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done)
      resolve()
    }
    socket.on('drain', done).on('close', done)
  })
}

/** Ends when the socket does, however it does. */
async function* pieces(socket: Socket): AsyncGenerator<Buffer> {
  try {
    for await (const piece of socket.iterator({ destroyOnReturn: false })) yield piece as Buffer
  } catch {
    // A reset is an end, too: the other side is told by closing it.
  }
}
