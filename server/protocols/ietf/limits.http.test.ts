import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { append, ask, create, head, lines, open, path, until } from './support.ts'

describe('limits', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ SLIPWAY_MAX_SIZE: '100000', SLIPWAY_SESSION_TTL: '2s' })
  })
  afterAll(() => server.dispose())

  test('are told to whoever asks, without a credential', async () => {
    for (const target of ['/files', '/files/']) {
      const reply = await ask(server, target, { method: 'OPTIONS', authorization: null })
      expect(reply.status).toBe(204)
      expect(reply.headers['upload-limit']).toBe('max-size=100000, min-size=0, max-age=2')
      expect(reply.headers['accept-patch']).toMatch(/application\/partial-upload/)
    }
  })

  test('hold while a body of unknown length arrives', async () => {
    const upload = path(await create(server, { body: randomBytes(60_000) }))
    const reply = await append(server, upload, 60_000, [randomBytes(30_000), randomBytes(20_000)])
    expect(reply.status).toBe(413)
    expect(reply.headers['upload-limit']).toMatch(/^max-size=100000\b/)
    expect(reply.headers['upload-offset']).toBe('60000')
    const known = await append(server, upload, 60_000, randomBytes(40_001))
    expect(known.status).toBe(413)
    const fits = await append(server, upload, 60_000, randomBytes(40_000), {
      headers: { 'upload-complete': '?1' },
    })
    expect(fits.status).toBe(201)
  })

  test('are told to a client that goes on sending: all of it is read away', async () => {
    const socket = await open(server)
    const size = 48 * 1024 * 1024
    socket.write(
      lines(
        'POST /files HTTP/1.1',
        'Host: x',
        `Authorization: ${server.authorization}`,
        'Upload-Complete: ?0',
        'Upload-Length: 100001',
        `Content-Length: ${size}`,
      ),
    )
    const sent = new Promise<Error | null | undefined>((resolve) => socket.write(Buffer.alloc(size), resolve))
    expect(await sent).toBeFalsy()
    await until(() => (socket.destroyed || socket.readableEnded ? true : undefined))
    expect(socket.bytesWritten).toBeGreaterThan(size)
    expect(socket.received()).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('of time end an upload that nobody goes on with, and slide when somebody does', async () => {
    const forgotten = path(await create(server))
    const kept = path(await create(server))
    const start = performance.now()
    for (let at = 0; performance.now() - start < 2500; at += 1) {
      expect((await append(server, kept, at, Buffer.from('x'))).status).toBe(204)
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    expect((await head(server, kept)).status).toBe(204)
    expect((await head(server, forgotten)).status).toBe(410)
    expect((await append(server, forgotten, 0, Buffer.from('x'))).status).toBe(410)
  })

  test('of time are no limits of a complete upload', async () => {
    const upload = path(
      await create(server, { body: Buffer.from('x'), headers: { 'upload-complete': '?1' } }),
    )
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect((await ask(server, upload)).status).toBe(200)
  })
})
