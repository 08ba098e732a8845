import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { Upload, type UploadOptions } from 'tus-js-client-next'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFaultProxy } from '#testing/fault-proxy.ts'
import { startServer, type TestServer } from '#testing/server.ts'
import { ask, head, sha } from './support.ts'

type Given = Partial<UploadOptions>

describe.each(['ietf-draft-03', 'ietf-draft-05'] as const)('tus-js-client 5 speaking %s', (protocol) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  const bytes = randomBytes(3_000_000)

  /** Resolves with the path of the finished upload. */
  const upload = (origin: string, file: Buffer | Readable, given: Given = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const client = new Upload(file, {
        endpoint: `${origin}/files`,
        protocol,
        headers: { authorization: server.authorization },
        metadata: { filename: 'grün.bin', filetype: 'application/x-test' },
        retryDelays: [50, 100, 200, 400],
        storeFingerprintForResuming: false,
        onError: reject,
        onSuccess: () => resolve(new URL(client.url ?? '').pathname),
        ...given,
      })
      client.start()
    })
  const expectWhole = async (path: string): Promise<void> => {
    const state = await head(server, path)
    expect(state.headers['upload-complete']).toBe('?1')
    const file = await ask(server, path)
    expect(sha('sha256', file.body)).toBe(sha('sha256', bytes))
    expect(file.headers['content-type']).toBe('application/x-test')
    expect(file.headers['content-disposition']).toContain("filename*=UTF-8''gr%C3%BCn.bin")
  }

  test('sends a file in one request', async () => {
    await expectWhole(await upload(server.origin, bytes))
  })

  test('sends a file in chunks, the first with the creation', async () => {
    const given = { chunkSize: 700_000, uploadDataDuringCreation: true }
    await expectWhole(await upload(server.origin, bytes, given))
  })

  test('sends a file without bytes', async () => {
    const file = await ask(server, await upload(server.origin, Buffer.alloc(0)), { method: 'GET' })
    expect(file.status).toBe(200)
    expect(file.body).toHaveLength(0)
  })

  test('sends a stream of unknown length', async () => {
    const stream = Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)])
    const given = { chunkSize: 800_000, uploadLengthDeferred: true }
    await expectWhole(await upload(server.origin, stream, given))
  })

  test('goes on after two cuts', async () => {
    const proxy = await startFaultProxy(server.origin)
    const { faults } = proxy
    faults.cutAfter = 800_000
    try {
      const path = await upload(proxy.origin, bytes, {
        onShouldRetry: () => {
          if (proxy.hits === 1) faults.cutAfter = 900_000
          return true
        },
      })
      expect(proxy.hits).toBe(2)
      await expectWhole(path)
    } finally {
      await proxy.close()
    }
  })

  test('goes on after the server was killed', async () => {
    let path = ''
    const client = { killed: false }
    path = await upload(server.origin, bytes, {
      chunkSize: 500_000,
      retryDelays: Array.from({ length: 40 }, () => 300),
      onShouldRetry: () => true,
      onChunkComplete: (_, accepted) => {
        if (client.killed || accepted < 1_000_000) return
        client.killed = true
        void server.restart().then((next) => {
          server = next
        })
      },
    })
    expect(client.killed).toBe(true)
    await expectWhole(path)
  })

  test('terminates an upload', async () => {
    const path = await upload(server.origin, bytes)
    const headers = { authorization: server.authorization }
    await Upload.terminate(server.origin + path, { protocol, headers })
    expect((await head(server, path)).status).toBe(410)
  })
})
