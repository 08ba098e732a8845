import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { append, ask, create, head, lines, open, path, TYPE, until } from './support.ts'

describe('upload cancellation', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  const cancel = (upload: string, authorization = server.authorization) =>
    ask(server, upload, { method: 'DELETE', version: 8, authorization })

  test('ends an unfinished upload for good', async () => {
    const upload = path(await create(server, { body: Buffer.from('12345') }))
    const reply = await cancel(upload)
    expect([reply.status, reply.body.length]).toEqual([204, 0])
    expect((await head(server, upload)).status).toBe(410)
    expect((await append(server, upload, 5, Buffer.from('6'))).status).toBe(410)
    expect((await cancel(upload)).status).toBe(410)
  })

  test('ends a complete upload', async () => {
    const upload = path(
      await create(server, { body: Buffer.from('12345'), headers: { 'upload-complete': '?1' } }),
    )
    expect((await cancel(upload)).status).toBe(204)
    expect((await ask(server, upload)).status).toBe(410)
  })

  test('is for the owner', async () => {
    const upload = path(await create(server))
    expect((await cancel(upload, await addUser(server, 'bob'))).status).toBe(404)
    expect((await head(server, upload)).status).toBe(204)
  })

  test('stops whoever is still sending', async () => {
    const upload = path(await create(server))
    const socket = await open(server)
    socket.write(
      lines(
        `PATCH ${upload} HTTP/1.1`,
        'Host: x',
        `Authorization: ${server.authorization}`,
        'Upload-Offset: 0',
        'Upload-Complete: ?0',
        `Content-Type: ${TYPE}`,
        'Content-Length: 100000',
      ),
    )
    const running = setInterval(() => socket.write('x'.repeat(100)), 20)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect((await cancel(upload)).status).toBe(204)
    const answer = await until(() => socket.received() || undefined)
    clearInterval(running)
    socket.destroy()
    expect(answer).toMatch(/^HTTP\/1\.1 410 /)
  })
})
