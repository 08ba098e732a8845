import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { Upload, type UploadOptions } from 'tus-js-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FaultProxy, startFaultProxy } from '#testing/fault-proxy.ts'
import { startServer, type TestServer } from '#testing/server.ts'
import { sha256, tusClient } from './support.ts'

const MIB = 1024 * 1024

describe('tus-js-client 4.3.1', () => {
  let server: TestServer
  let proxy: FaultProxy
  let client: ReturnType<typeof tusClient>
  beforeAll(async () => {
    server = await startServer()
    proxy = await startFaultProxy(server.origin)
    client = tusClient(server)
  })
  afterAll(async () => {
    await proxy.close()
    await server.dispose()
  })

  /** Resolves with the path of the upload's URL. */
  const upload = (file: Buffer | Readable, options: UploadOptions): Promise<string> =>
    new Promise((resolve, reject) => {
      const running: Upload = new Upload(file, {
        endpoint: `${proxy.origin}/files/`,
        headers: { authorization: server.authorization },
        retryDelays: [0, 100, 300, 500],
        ...options,
        onError: reject,
        onSuccess: () => resolve(new URL(running.url ?? '').pathname),
      })
      running.start()
    })
  const downloaded = async (url: string): Promise<string> => sha256((await client.ask('GET', url)).body)

  test('uploads in chunks', async () => {
    const bytes = randomBytes(5 * MIB)
    const url = await upload(bytes, {
      chunkSize: MIB,
      metadata: { filename: 'a.bin', sha256: sha256(bytes) },
    })
    expect(await downloaded(url)).toBe(sha256(bytes))
  })

  test('uploads with the creation', async () => {
    const bytes = randomBytes(3 * MIB)
    const url = await upload(bytes, { uploadDataDuringCreation: true, chunkSize: MIB })
    expect(await downloaded(url)).toBe(sha256(bytes))
  })

  test('uploads in four parallel parts', async () => {
    const bytes = randomBytes(10 * MIB)
    const url = await upload(bytes, { parallelUploads: 4, metadata: { filename: 'b.bin' } })
    expect(await downloaded(url)).toBe(sha256(bytes))
    expect((await client.head(url)).headers['upload-concat']).toMatch(/^final;/)
  })

  test('uploads what it does not know the length of', async () => {
    const bytes = randomBytes(3 * MIB)
    const source = Readable.from([
      bytes.subarray(0, MIB),
      bytes.subarray(MIB, MIB + 5),
      bytes.subarray(MIB + 5),
    ])
    const url = await upload(source, { uploadLengthDeferred: true, chunkSize: 700_000 })
    expect(await downloaded(url)).toBe(sha256(bytes))
  })

  test('says POST where it means PATCH', async () => {
    const bytes = randomBytes(MIB)
    const url = await upload(bytes, { overridePatchMethod: true })
    expect(await downloaded(url)).toBe(sha256(bytes))
  })

  test('goes on over connections that are cut, with the bytes that had come', async () => {
    const bytes = randomBytes(8 * MIB)
    const cuts = [2 * MIB, 3 * MIB]
    const sent: number[] = []
    const before = proxy.hits
    const url = await upload(bytes, {
      metadata: { sha256: sha256(bytes) },
      // Time enough for the server to read what is still on the way, on a busy machine too.
      retryDelays: [700, 700, 700],
      onShouldRetry: () => true,
      onBeforeRequest: (req) => {
        if (req.getMethod() !== 'PATCH') return
        sent.push(Number(req.getHeader('Upload-Offset')))
        const cut = cuts.shift()
        if (cut !== undefined) proxy.faults.cutAfter = cut
      },
    })
    expect(proxy.hits - before).toBe(2)
    expect(sent).toHaveLength(3)
    expect(sent[1]).toBeGreaterThan(MIB)
    expect(sent[2]).toBeGreaterThan((sent[1] ?? 0) + 2 * MIB)
    expect(await downloaded(url)).toBe(sha256(bytes))
  })

  test('terminates', async () => {
    const bytes = randomBytes(MIB)
    const url = await upload(bytes, {})
    await Upload.terminate(`${proxy.origin}${url}`, { headers: { authorization: server.authorization } })
    expect((await client.head(url)).status).toBe(410)
  })
})
