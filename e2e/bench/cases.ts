import { randomBytes } from 'node:crypto'
import type { Peer } from './peers.ts'
import { Connection, type Response } from './wire.ts'

const MiB = 1024 * 1024
const block = randomBytes(MiB)

/** One measured run: what it moved or made, and how long that took, seconds. */
export interface Run {
  amount: number
  seconds: number
}

export interface Case {
  readonly name: string
  readonly unit: 'MiB/s' | 'files/s'
  readonly run: (peer: Peer) => Promise<Run>
}

function assertStatus(response: Response, expected: number): Response {
  if (response.status === expected) return response
  throw new Error(`expected ${expected}, got ${response.status}: ${response.body}`)
}

async function create(connection: Connection, peer: Peer, size: number): Promise<string> {
  const answer = await connection.request('POST', '/files', { ...peer.headers, 'upload-length': size })
  return new URL(assertStatus(answer, 201).headers.get('location') ?? '', peer.origin).pathname
}

async function patch(
  connection: Connection,
  peer: Peer,
  path: string,
  offset: number,
  length: number,
): Promise<void> {
  const headers = {
    ...peer.headers,
    'upload-offset': offset,
    'content-type': 'application/offset+octet-stream',
  }
  assertStatus(await connection.request('PATCH', path, headers, length, block), 204)
}

/** One upload of `size` bytes in requests of `chunk` bytes. */
async function upload(connection: Connection, peer: Peer, size: number, chunk: number): Promise<void> {
  const path = await create(connection, peer, size)
  for (let at = 0; at < size; at += chunk) await patch(connection, peer, path, at, Math.min(chunk, size - at))
}

async function timed(amount: number, work: () => Promise<void>): Promise<Run> {
  const start = performance.now()
  await work()
  return { amount, seconds: (performance.now() - start) / 1000 }
}

async function withConnections(
  peer: Peer,
  count: number,
  work: (all: Connection[]) => Promise<Run>,
): Promise<Run> {
  const all = await Promise.all(Array.from({ length: count }, () => Connection.open(peer.origin)))
  try {
    return await work(all)
  } finally {
    for (const connection of all) connection.close()
  }
}

export const single = (size: number): Case => ({
  name: `one ${size} MiB stream`,
  unit: 'MiB/s',
  run: (peer) =>
    withConnections(peer, 1, ([one]) =>
      timed(size, () => upload(one as Connection, peer, size * MiB, size * MiB)),
    ),
})

export const chunked = (size: number): Case => ({
  name: `${size} MiB in 8 MiB PATCHes`,
  unit: 'MiB/s',
  run: (peer) =>
    withConnections(peer, 1, ([one]) =>
      timed(size, () => upload(one as Connection, peer, size * MiB, 8 * MiB)),
    ),
})

export const parallel = (count: number, size: number): Case => ({
  name: `${count} x ${size} MiB at once`,
  unit: 'MiB/s',
  run: (peer) =>
    withConnections(peer, count, (all) =>
      timed(count * size, async () => {
        await Promise.all(all.map((connection) => upload(connection, peer, size * MiB, size * MiB)))
      }),
    ),
})

export const small = (files: number, connections: number): Case => ({
  name: `4 KiB create + PATCH, ${connections} connections`,
  unit: 'files/s',
  run: (peer) =>
    withConnections(peer, connections, (all) =>
      timed(files, async () => {
        let left = files
        await Promise.all(
          all.map(async (connection) => {
            while (left-- > 0) await upload(connection, peer, 4096, 4096)
          }),
        )
      }),
    ),
})
