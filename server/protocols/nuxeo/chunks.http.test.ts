import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { blobOf, type Client, clientOf, md5 } from './support.ts'

/** The contract's "Order and parallelism". */
describe('chunks', () => {
  let server: TestServer
  let nuxeo: Client
  beforeAll(async () => {
    server = await startServer()
    nuxeo = clientOf(server)
  })
  afterAll(() => server.dispose())

  const contentOf = async (batch: string, index: number): Promise<Buffer> => {
    const reference = { 'file:content': blobOf(batch, String(index)) }
    const { body } = await nuxeo.document('content', reference, { 'x-batch-no-drop': 'true' })
    return (await nuxeo.call('GET', `/id/${body.uid}/@blob/file:content`)).bytes
  }

  test('whatever the sizes, the order and the repeats, the file is the chunks by number', async () => {
    const chunk = fc.record({
      size: fc.oneof(fc.nat(200), fc.nat(70_000)),
      repeats: fc.nat(2),
      rank: fc.nat(1000),
    })
    const plan = fc.record({
      chunks: fc.array(chunk, { minLength: 1, maxLength: 12 }),
      parallel: fc.integer({ min: 1, max: 6 }),
    })
    await fc.assert(
      fc.asyncProperty(plan, async ({ chunks, parallel }) => {
        const parts = chunks.map(({ size }) => randomBytes(size))
        const batch = await nuxeo.batch()
        const sends = chunks
          .flatMap(({ repeats, rank }, at) =>
            Array.from({ length: repeats + 1 }, (_, n) => ({ at, rank: rank * (n + 1) })),
          )
          .sort((a, b) => a.rank - b.rank)
        const replies: { status: number; body: { uploadedChunkIds: number[] } }[] = []
        const worker = async () => {
          for (let next = sends.shift(); next !== undefined; next = sends.shift()) {
            const bytes = parts[next.at] ?? Buffer.alloc(0)
            replies.push(await nuxeo.chunk(batch, 0, { at: next.at, of: parts.length, bytes }))
          }
        }
        await Promise.all(Array.from({ length: parallel }, worker))
        const every = parts.map((_, at) => at)
        for (const { status, body } of replies) {
          expect([201, 202]).toContain(status)
          if (status === 201) expect(body.uploadedChunkIds).toEqual(every)
        }
        // "at least one response is 201 with the complete id list"
        expect(replies.some(({ status }) => status === 201)).toBe(true)
        expect(md5(await contentOf(batch, 0))).toBe(md5(Buffer.concat(parts)))
      }),
      { numRuns: 12 },
    )
  })

  test('no answer is 202 with every chunk, however many come at once', async () => {
    for (let round = 0; round < 4; round += 1) {
      const batch = await nuxeo.batch()
      const numbers = [...Array(24).keys(), ...Array(6).keys()]
      const chunks = numbers.map((at) => nuxeo.chunk(batch, 0, { at, of: 24, bytes: `chunk ${at}` }))
      const looks = numbers.map(() => nuxeo.call('GET', `/upload/${batch}/0`))
      for (const { status, body } of await Promise.all([...chunks, ...looks])) {
        if (status === 404) continue
        expect([status, body.uploadedChunkIds.length === 24]).toEqual([status, status !== 202])
      }
    }
  })

  test('equal chunks that race all succeed, first chunks of one file too', async () => {
    const batch = await nuxeo.batch()
    const bytes = randomBytes(30_000)
    const all = await Promise.all(
      Array.from({ length: 12 }, () => nuxeo.chunk(batch, 0, { at: 0, of: 1, bytes })),
    )
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 201))
    expect((await nuxeo.call('GET', `/upload/${batch}`)).body).toHaveLength(1)
    expect((await contentOf(batch, 0)).equals(bytes)).toBe(true)
  })

  test('of different ones that race, one wins whole', async () => {
    const batch = await nuxeo.batch()
    const contents = Array.from({ length: 8 }, () => randomBytes(20_000))
    const all = await Promise.all(contents.map((bytes) => nuxeo.chunk(batch, 0, { at: 0, of: 2, bytes })))
    const won = all.flatMap(({ status }, index) => (status === 202 ? [index] : []))
    expect(won).toHaveLength(1)
    expect(all.filter(({ status }) => status === 409)).toHaveLength(7)
    await nuxeo.chunk(batch, 0, { at: 1, of: 2, bytes: 'end' })
    const winner = contents[won[0] ?? -1] ?? Buffer.alloc(0)
    expect((await contentOf(batch, 0)).equals(Buffer.concat([winner, Buffer.from('end')]))).toBe(true)
  })

  test('of different first chunks that race, one says how many there will be', async () => {
    const batch = await nuxeo.batch()
    const all = await Promise.all(
      [2, 3, 4, 5, 6].map((of) => nuxeo.chunk(batch, 0, { at: 0, of, bytes: 'same' })),
    )
    expect(new Set(all.map(({ body }) => body.chunkCount)).size).toBe(1)
  })

  test('a chunk sent again while its first try hangs is taken at once', async () => {
    const batch = await nuxeo.batch()
    const bytes = randomBytes(100_000)
    const hanging = request(`${server.origin}/nuxeo/api/v1/upload/${batch}/0`, {
      method: 'POST',
      headers: {
        authorization: server.authorization,
        'content-length': '100000',
        'x-upload-type': 'chunked',
        'x-upload-chunk-index': '0',
        'x-upload-chunk-count': '1',
        'x-file-size': '100000',
      },
    })
    hanging.on('error', () => undefined)
    hanging.write(bytes.subarray(0, 60_000))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await nuxeo.call('GET', `/upload/${batch}/0`)).status).toBe(404)
    const start = performance.now()
    const reply = await nuxeo.chunk(batch, 0, { at: 0, of: 1, bytes })
    expect([reply.status, performance.now() - start < 2000]).toEqual([201, true])
    const late = new Promise<number | undefined>((resolve) =>
      hanging.once('response', (response) => resolve(response.statusCode)),
    )
    hanging.end(bytes.subarray(60_000))
    expect(await late).toBe(201)
    expect((await contentOf(batch, 0)).equals(bytes)).toBe(true)
  })

  test('files of one batch upload beside one another', async () => {
    const batch = await nuxeo.batch()
    const files = Array.from({ length: 8 }, () => randomBytes(10_000))
    await Promise.all(
      files.flatMap((bytes, index) => [
        nuxeo.send(batch, index * 2, bytes),
        nuxeo.chunk(batch, index * 2 + 1, { at: 1, of: 2, bytes: bytes.subarray(4000) }),
        nuxeo.chunk(batch, index * 2 + 1, { at: 0, of: 2, bytes: bytes.subarray(0, 4000) }),
      ]),
    )
    for (const [index, bytes] of files.entries()) {
      expect((await contentOf(batch, index * 2)).equals(bytes)).toBe(true)
      expect((await contentOf(batch, index * 2 + 1)).equals(bytes)).toBe(true)
    }
  })
})
