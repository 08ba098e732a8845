import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface CuttingProxy {
  readonly origin: string
  /** connections that were cut so far */
  cuts(): number
  close(): void
}

/** A proxy that cuts the first connections that carry more than so many bytes to the server, one number for each cut. */
export async function cuttingProxy(target: string, after: readonly number[]): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target)
  const left = [...after]
  const open = new Set<Socket>()
  let cuts = 0
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    let passed = 0
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => undefined).on('close', () => open.delete(socket))
    }
    client.on('data', (piece: Buffer) => {
      passed += piece.length
      const limit = left[0]
      upstream.write(limit === undefined || passed <= limit ? piece : piece.subarray(0, limit - passed))
      if (limit === undefined || passed <= limit) return
      left.shift()
      cuts += 1
      client.destroy()
      upstream.end()
    })
    client.on('end', () => upstream.end())
    client.on('close', () => upstream.end())
    upstream.pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => cuts,
    close: () => {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}
