import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What goes wrong on the way from the client to the server. */
interface Faults {
  /** bytes a second; default: no limit */
  rate?: number
  /** after so many further bytes to the server the connection that brings them is reset, once */
  cutAfter?: number
  /** new connections are reset */
  refuse?: boolean
  /** a connection that would pass something on now never does again, nor closes: a lost network */
  halfOpen?: boolean
}

export interface FaultProxy {
  readonly origin: string
  /** set at any time; holds for connections that are open, too */
  readonly faults: Faults
  /** bytes passed on to the server so far */
  readonly passed: number
  /** connections cut or refused so far */
  readonly hits: number
  close(): Promise<void>
}

/** A TCP proxy in front of `target`, an origin, that breaks what it is told to break. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target)
  const faults: Faults = {}
  const counts = { passed: 0, hits: 0 }
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (faults.refuse === true) {
      counts.hits += 1
      client.resetAndDestroy()
      return
    }
    const upstream = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      socket.on('error', () => undefined)
    }
    void up(client, upstream)
    void down(upstream, client)
  })

  async function up(client: Socket, upstream: Socket): Promise<void> {
    for await (const piece of pieces(client)) {
      const left = faults.cutAfter
      const part = piece.subarray(0, left)
      if (!(await pass(part, upstream))) return give(client)
      counts.passed += part.length
      if (left !== undefined) faults.cutAfter = left - part.length
      if (faults.cutAfter === 0) {
        delete faults.cutAfter
        counts.hits += 1
        // The server sees the end of what came; the client a reset.
        upstream.end()
        client.resetAndDestroy()
        return
      }
      if (faults.rate !== undefined) await sleep((part.length / faults.rate) * 1000)
    }
    upstream.end()
  }

  async function down(upstream: Socket, client: Socket): Promise<void> {
    for await (const piece of pieces(upstream)) if (!(await pass(piece, client))) return give(upstream)
    client.end()
  }

  /** The other end is gone: so is this one, unless neither is to know. */
  function give(socket: Socket): void {
    if (faults.halfOpen !== true) socket.destroy()
  }

  /** False when nothing will get through any more. */
  async function pass(piece: Buffer, to: Socket): Promise<boolean> {
    if (faults.halfOpen === true || to.destroyed) return false
    if (piece.length > 0 && !to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')])
    return true
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    get passed() {
      return counts.passed
    },
    get hits() {
      return counts.hits
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Ends when the socket does, however it does. */
async function* pieces(socket: Socket): AsyncGenerator<Buffer> {
  try {
    for await (const piece of socket.iterator({ destroyOnReturn: false })) yield piece as Buffer
  } catch {
    // A reset is an end, too: the other side is told by closing it.
  }
}
