/** Rows that have no peer: the product against itself. */
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { single } from './cases.ts'
import { type Peer, startPeer } from './peers.ts'
import { Connection } from './wire.ts'

const MiB = 1024 * 1024
const CHUNK = 8 * MiB
const block = randomBytes(CHUNK)

export const median = (all: readonly number[]): number =>
  all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN

function digestOf(chunks: number): string {
  const hash = createHash('sha256')
  for (let n = 0; n < chunks; n += 1) hash.update(block)
  return hash.digest('hex')
}

async function begin(connection: Connection, peer: Peer, chunks: number, sha256: string): Promise<string> {
  const document = Buffer.from(
    JSON.stringify({
      fileName: 'bench',
      fileSize: chunks * CHUNK,
      chunkSize: CHUNK,
      sha256,
      expiresInSeconds: 3600,
    }),
  )
  const headers = { ...peer.headers, 'content-type': 'application/json' }
  const answer = await connection.request('POST', '/api/v1/uploads', headers, document.length, document)
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.body}`)
  return (JSON.parse(answer.body) as { uploadId: string }).uploadId
}

async function put(connection: Connection, peer: Peer, id: string, n: number, total: number): Promise<void> {
  const headers = { ...peer.headers, 'content-type': 'application/octet-stream', 'x-total-chunks': total }
  const answer = await connection.request('PUT', `/api/v1/uploads/${id}/chunks/${n}`, headers, CHUNK, block)
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`)
}

async function completed(connection: Connection, peer: Peer, id: string): Promise<void> {
  for (;;) {
    const answer = await connection.request('GET', `/api/v1/uploads/${id}`, peer.headers)
    const { status, message } = JSON.parse(answer.body) as { status: string; message: string }
    if (status === 'COMPLETED') return
    if (status === 'FAILED') throw new Error(message)
    await sleep(5)
  }
}

/** Seconds from the first chunk sent to COMPLETED. */
async function chunks(
  peer: Peer,
  order: readonly number[],
  parallel: number,
  sha256: string,
): Promise<number> {
  const all = await Promise.all(Array.from({ length: parallel }, () => Connection.open(peer.origin)))
  const [first] = all
  if (first === undefined) throw new Error('no connection')
  const id = await begin(first, peer, order.length, sha256)
  const left = [...order]
  const start = performance.now()
  await Promise.all(
    all.map(async (connection) => {
      for (let n = left.shift(); n !== undefined; n = left.shift())
        await put(connection, peer, id, n, order.length)
    }),
  )
  await completed(first, peer, id)
  for (const connection of all) connection.close()
  return (performance.now() - start) / 1000
}

/** Numbered chunks in random order, 8 in parallel, beside the same in order, one at a time. */
export async function chunkOrder(base: string, rounds: number, size: number): Promise<string> {
  const count = (size * MiB) / CHUNK
  const sha256 = digestOf(count)
  const inOrder = Array.from({ length: count }, (_, index) => index + 1)
  const rates: { order: number[]; random: number[] } = { order: [], random: [] }
  for (let round = 0; round < rounds; round += 1) {
    const peer = await startPeer('slipway', base)
    rates.order.push(size / (await chunks(peer, inOrder, 1, sha256)))
    rates.random.push(
      size /
        (await chunks(
          peer,
          inOrder.toSorted(() => Math.random() - 0.5),
          8,
          sha256,
        )),
    )
    await peer.stop()
  }
  const [order, random] = [median(rates.order), median(rates.random)]
  return `${size} MiB in 8 MiB chunks: in order ${order.toFixed(0)} MiB/s; random order, 8 in parallel ${random.toFixed(0)} MiB/s; ratio ${(random / order).toFixed(2)}`
}

/** From the answer to the last chunk, all in order, to COMPLETED. */
export async function completion(base: string, size: number): Promise<string> {
  const peer = await startPeer('slipway', base)
  const count = (size * MiB) / CHUNK
  const connection = await Connection.open(peer.origin)
  const id = await begin(connection, peer, count, digestOf(count))
  for (let n = 1; n <= count; n += 1) await put(connection, peer, id, n, count)
  const start = performance.now()
  await completed(connection, peer, id)
  const ms = performance.now() - start
  connection.close()
  await peer.stop()
  return `last chunk to COMPLETED, ${size} MiB in order: ${ms.toFixed(0)} ms`
}

/** Peak memory of one stream of `small` and of `large` MiB. */
export async function growth(base: string, small: number, large: number): Promise<string> {
  const peaks: number[] = []
  for (const size of [small, large]) {
    const peer = await startPeer('slipway', base)
    await peer.resetPeak()
    await single(size).run(peer)
    peaks.push(await peer.peak())
    await peer.stop()
  }
  const [before = 0, after = 0] = peaks
  const percent = ((after / before - 1) * 100).toFixed(0)
  return `peak memory, one stream: ${small} MiB ${before.toFixed(0)} MiB, ${large} MiB ${after.toFixed(0)} MiB (${percent} %)`
}

/** List page, HEAD and create with a thousand and with a million sessions in the database. */
export async function scale(base: string): Promise<string> {
  const rows: string[] = []
  for (const count of [1000, 1_000_000]) {
    const peer = await startPeer('slipway', base)
    const connection = await Connection.open(peer.origin)
    const create = () => connection.request('POST', '/files', { ...peer.headers, 'upload-length': 1 })
    const path = (await create()).headers.get('location') ?? ''
    multiply(join(peer.folder, 'slipway.db'), count)
    const time = async (work: () => Promise<unknown>): Promise<string> => {
      const all: number[] = []
      for (let n = 0; n < 300; n += 1) {
        const start = performance.now()
        await work()
        all.push(performance.now() - start)
      }
      return `${median(all).toFixed(2)} ms`
    }
    const list = await time(() => connection.request('GET', '/api/slipway/v1/sessions', peer.headers))
    const head = await time(() => connection.request('HEAD', path, peer.headers))
    rows.push(`${count} sessions: list ${list}, HEAD ${head}, create ${await time(create)}`)
    connection.close()
    await peer.stop()
  }
  return rows.join('; ')
}

/** Makes `count` more sessions of the one that is there, each a second older than the one before. */
function multiply(file: string, count: number): void {
  const db = new DatabaseSync(file)
  const columns = db.prepare('PRAGMA table_info(sessions)').all() as { name: string }[]
  const uuid =
    "lower(printf('%s-%s-4000-8000-%s', hex(randomblob(4)), hex(randomblob(2)), hex(randomblob(6))))"
  const values = columns.map(({ name }) => {
    if (name === 'id') return uuid
    return name === 'created_at' ? 's.created_at - 1000 * n.n' : `s.${name}`
  })
  db.exec(`WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${count})
    INSERT INTO sessions (${columns.map(({ name }) => name).join(', ')})
    SELECT ${values.join(', ')} FROM n, (SELECT * FROM sessions LIMIT 1) s`)
  db.close()
}
