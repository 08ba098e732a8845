import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { blobOf, clientOf, md5 } from './support.ts'

describe('resume', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  /** As the user's document has it: ask which chunks are there, send the others. */
  const resume = async (batch: string, parts: Buffer[]): Promise<number> => {
    const nuxeo = clientOf(server)
    const { status, body } = await nuxeo.call('GET', `/upload/${batch}/0`)
    const stored: number[] = status === 404 ? [] : body.uploadedChunkIds
    const missing = parts.flatMap((_, at) => (stored.includes(at) ? [] : [at]))
    for (const at of missing) await nuxeo.chunk(batch, 0, { at, of: parts.length, bytes: parts[at] ?? '' })
    return missing.length
  }
  const expectFile = async (batch: string, parts: Buffer[]) => {
    const nuxeo = clientOf(server)
    const { body } = await nuxeo.document('resumed', { 'file:content': blobOf(batch, '0') })
    const { bytes } = await nuxeo.call('GET', `/id/${body.uid}/@blob/file:content`)
    expect(md5(bytes)).toBe(md5(Buffer.concat(parts)))
  }
  const begin = (batch: string, at: number, count: number, bytes: Buffer) => {
    const sending = request(`${server.origin}/nuxeo/api/v1/upload/${batch}/0`, {
      method: 'POST',
      headers: {
        authorization: server.authorization,
        'content-length': String(bytes.length),
        'x-upload-type': 'chunked',
        'x-upload-chunk-index': String(at),
        'x-upload-chunk-count': String(count),
        'x-file-size': String(bytes.length * count),
      },
    })
    const closed = new Promise<string>((resolve) => {
      sending.once('error', (error) => resolve(error.message))
      sending.once('response', () => resolve('answered'))
    })
    sending.write(bytes.subarray(0, bytes.length / 2))
    return { sending, closed }
  }

  test('after a cut in the middle of a chunk', async () => {
    const parts = Array.from({ length: 4 }, () => randomBytes(100_000))
    const nuxeo = clientOf(server)
    const batch = await nuxeo.batch()
    await nuxeo.chunk(batch, 0, { at: 0, of: 4, bytes: parts[0] ?? '' })
    const { sending, closed } = begin(batch, 1, 4, parts[1] ?? Buffer.alloc(0))
    await new Promise((resolve) => setTimeout(resolve, 200))
    sending.destroy(new Error('cut'))
    expect(await closed).toBe('cut')
    await expect
      .poll(async () => (await nuxeo.call('GET', `/upload/${batch}/0`)).body.uploadedChunkIds)
      .toEqual([0])
    expect(await resume(batch, parts)).toBe(3)
    await expectFile(batch, parts)
  })

  test('after kill -9 of the server, in the middle of a chunk', async () => {
    const parts = Array.from({ length: 5 }, () => randomBytes(150_000))
    const nuxeo = clientOf(server)
    const batch = await nuxeo.batch()
    await nuxeo.send(batch, 1, 'beside', { 'x-file-name': 'beside' })
    for (const at of [4, 0]) await nuxeo.chunk(batch, 0, { at, of: 5, bytes: parts[at] ?? '' })
    const { closed } = begin(batch, 2, 5, parts[2] ?? Buffer.alloc(0))
    const { pid } = server
    await server.kill()
    expect(await closed).not.toBe('answered')
    expect(() => process.kill(pid, 0)).toThrow()
    server = await server.restart()
    const after = clientOf(server)
    expect((await after.call('GET', `/upload/${batch}`)).body).toMatchObject([
      { uploadedChunkIds: [0, 4], chunkCount: 5 },
      { name: 'beside', size: 6 },
    ])
    expect(await resume(batch, parts)).toBe(3)
    server = await server.restart()
    expect(await resume(batch, parts)).toBe(0)
    await expectFile(batch, parts)
  })
})
