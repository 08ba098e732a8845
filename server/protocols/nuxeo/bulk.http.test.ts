import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { blobOf, type Client, clientOf, md5 } from './support.ts'

/** `SLIPWAY_BULK=1` runs the sizes of the issue: 1,000 files in a batch, 10,000 chunks in a file. */
const FULL = process.env.SLIPWAY_BULK === '1'
const [FILES, CHUNKS, SECONDS] = FULL ? [1000, 10_000, 600] : [80, 300, 30]
const MIB = 2 ** 20

describe('many', { timeout: SECONDS * 1000 }, () => {
  let server: TestServer
  let nuxeo: Client
  beforeAll(async () => {
    server = await startServer()
    nuxeo = clientOf(server)
  })
  afterAll(() => server.dispose())

  /** resident memory of the server, bytes */
  const resident = async (): Promise<number> => {
    const status = await readFile(`/proc/${server.pid}/status`, 'utf8')
    return Number(/VmRSS:\s*(\d+) kB/.exec(status)?.[1]) * 1024
  }
  const eachOf = async (count: number, work: (index: number) => Promise<void>): Promise<number> => {
    const start = performance.now()
    let next = 0
    const worker = async () => {
      for (let index = next++; index < count; index = next++) await work(index)
    }
    await Promise.all(Array.from({ length: 8 }, worker))
    return Math.round(performance.now() - start)
  }

  test(`${FILES} small files in one batch`, async () => {
    const batch = await nuxeo.batch()
    await nuxeo.send(batch, FILES, 'warm')
    const before = await resident()
    const ms = await eachOf(FILES, async (index) => {
      const reply = await nuxeo.send(batch, index, `file ${index}`, { 'x-file-name': `${index}.txt` })
      expect(reply.status).toBe(201)
    })
    const { body } = await nuxeo.call('GET', `/upload/${batch}`)
    expect(body.slice(0, -1).map(({ name }: { name: string }) => name)).toEqual(
      Array.from({ length: FILES }, (_, index) => `${index}.txt`),
    )
    const grown = (await resident()) - before
    console.info(`${FILES} files: ${ms} ms, memory ${Math.round(grown / MIB)} MiB more`)
    expect(grown).toBeLessThan(120 * MIB)
    const list = Array.from({ length: 40 }, (_, index) => ({ file: blobOf(batch, String(index)) }))
    const made = await nuxeo.document('many', { 'files:files': list })
    expect(made.body.properties['files:files']).toHaveLength(40)
    expect((await nuxeo.call('GET', `/upload/${batch}`)).status).toBe(404)
  })

  test(`a file of ${CHUNKS} chunks`, async () => {
    const batch = await nuxeo.batch()
    const bytes = randomBytes(CHUNKS * 700)
    const part = (at: number) => bytes.subarray(at * 700, (at + 1) * 700)
    await nuxeo.chunk(batch, 0, { at: 0, of: CHUNKS, bytes: part(0) })
    const before = await resident()
    const ms = await eachOf(CHUNKS - 1, async (index) => {
      const at = index + 1
      expect((await nuxeo.chunk(batch, 0, { at, of: CHUNKS, bytes: part(at) })).status).toBeLessThan(203)
    })
    const { status, body } = await nuxeo.call('GET', `/upload/${batch}/0`)
    expect([status, body.uploadedChunkIds.length]).toEqual([200, CHUNKS])
    const grown = (await resident()) - before
    console.info(`${CHUNKS} chunks: ${ms} ms, memory ${Math.round(grown / MIB)} MiB more`)
    expect(grown).toBeLessThan(120 * MIB)
    const made = await nuxeo.document('chunks', { 'file:content': blobOf(batch, '0') })
    const blob = await nuxeo.call('GET', `/id/${made.body.uid}/@blob/file:content`)
    expect(md5(blob.bytes)).toBe(md5(bytes))
  })
})
