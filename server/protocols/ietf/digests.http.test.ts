import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { append, ask, create, digest, head, lines, open, path, problem, TYPE } from './support.ts'

describe('digests (RFC 9530)', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  const bytes = randomBytes(50_000)
  const other = randomBytes(10)

  test.each(['sha-256', 'sha-512'] as const)('Content-Digest with %s', async (algorithm) => {
    const upload = path(await create(server, { headers: { 'upload-length': '50000' } }))
    const wrong = await append(server, upload, 0, bytes, {
      headers: { 'content-digest': digest(algorithm, other) },
    })
    expect(wrong.status).toBe(400)
    expect(wrong.headers).toMatchObject({ 'upload-offset': '0', 'upload-complete': '?0' })
    expect(problem(wrong).detail).toMatch(/sha/)
    expect((await head(server, upload)).headers['upload-offset']).toBe('0')
    const right = await append(server, upload, 0, bytes, {
      headers: {
        'content-digest': `unixsum=:AAAA:, ${digest(algorithm, bytes)}, md5=x`,
        'upload-complete': '?1',
      },
    })
    expect(right.status).toBe(201)
  })

  test('Content-Digest of a creation: wrong bytes are not kept, the upload can go on', async () => {
    const wrong = await create(server, {
      body: bytes,
      headers: { 'content-digest': digest('sha-256', other) },
    })
    expect(wrong.status).toBe(400)
    expect(wrong.headers['upload-offset']).toBe('0')
    expect((await append(server, path(wrong), 0, bytes)).status).toBe(204)
    const right = await create(server, {
      body: bytes,
      headers: { 'content-digest': digest('sha-256', bytes), 'upload-complete': '?1' },
    })
    expect(right.status).toBe(201)
  })

  test('Content-Digest of no bytes', async () => {
    const headers = { 'content-digest': digest('sha-256', other) }
    expect((await create(server, { headers })).status).toBe(400)
    const empty = { 'content-digest': digest('sha-256', Buffer.alloc(0)) }
    expect((await create(server, { headers: empty })).status).toBe(201)
  })

  test('both must fit when both are given', async () => {
    const upload = path(await create(server))
    const reply = await append(server, upload, 0, bytes, {
      headers: { 'content-digest': `${digest('sha-256', bytes)}, ${digest('sha-512', other)}` },
    })
    expect([reply.status, reply.headers['upload-offset']]).toEqual([400, '0'])
  })

  test('Content-Digest in a trailer', async () => {
    for (const [body, status] of [
      [bytes, 204],
      [other, 400],
    ] as const) {
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
          'Transfer-Encoding: chunked',
          'Trailer: Content-Digest',
          'Connection: close',
        ),
      )
      socket.write(`${body.length.toString(16)}\r\n`)
      socket.write(body)
      socket.write(`\r\n0\r\nContent-Digest: ${digest('sha-512', bytes)}\r\n\r\n`)
      await new Promise((resolve) => socket.once('close', resolve))
      expect(socket.received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    }
  })

  test('a request with a digest that is cut adds nothing', async () => {
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
        `Content-Digest: ${digest('sha-256', bytes)}`,
        'Content-Length: 50000',
      ),
    )
    socket.write(bytes.subarray(0, 20_000))
    await new Promise((resolve) => setTimeout(resolve, 200))
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect((await head(server, upload)).headers['upload-offset']).toBe('0')
    expect((await append(server, upload, 0, bytes)).status).toBe(204)
  })

  test.each(['sha-256', 'sha-512'] as const)('Repr-Digest with %s, early and late', async (algorithm) => {
    const early = path(
      await create(server, {
        headers: { 'repr-digest': digest(algorithm, bytes), 'upload-length': '50000' },
      }),
    )
    const late = path(await create(server, { headers: { 'upload-length': '50000' } }))
    for (const upload of [early, late]) {
      expect((await append(server, upload, 0, bytes.subarray(0, 30_000))).status).toBe(204)
      const reply = await append(server, upload, 30_000, bytes.subarray(30_000), {
        headers: { 'upload-complete': '?1', 'repr-digest': digest(algorithm, bytes) },
      })
      expect(reply.status).toBe(201)
    }
  })

  test.each(['sha-256', 'sha-512'] as const)('a file without the promised %s fails', async (algorithm) => {
    const upload = path(await create(server, { headers: { 'upload-length': '50000' } }))
    await append(server, upload, 0, bytes.subarray(0, 30_000))
    const last = () =>
      append(server, upload, 30_000, bytes.subarray(30_000), {
        headers: { 'upload-complete': '?1', 'repr-digest': digest(algorithm, other) },
      })
    const reply = await last()
    expect(reply.status).toBe(400)
    expect(reply.headers).toMatchObject({
      'upload-complete': '?1',
      'content-type': 'application/problem+json',
    })
    const again = await last()
    expect([again.status, again.headers['upload-complete'], problem(again)]).toEqual([
      400,
      '?1',
      problem(reply),
    ])
    const state = await head(server, upload)
    expect(state.status).toBeGreaterThanOrEqual(400)
    expect(state.status).toBeLessThan(500)
    expect((await ask(server, upload)).status).toBeGreaterThanOrEqual(400)
  })

  test('a whole file in one creation without the promised digest fails too', async () => {
    const reply = await create(server, {
      body: bytes,
      headers: { 'upload-complete': '?1', 'repr-digest': digest('sha-512', other) },
    })
    expect([reply.status, reply.headers['upload-complete']]).toEqual([400, '?1'])
    expect((await ask(server, path(reply))).status).toBeGreaterThanOrEqual(400)
  })

  test('another digest than the one promised before is refused', async () => {
    const upload = path(await create(server, { headers: { 'repr-digest': digest('sha-256', bytes) } }))
    const reply = await append(server, upload, 0, bytes, {
      headers: { 'repr-digest': digest('sha-256', other) },
    })
    expect([reply.status, reply.headers['upload-offset']]).toEqual([400, '0'])
  })

  test.each(['creation', 'last request'])('Want-Repr-Digest on the %s', async (when) => {
    const want = { 'want-repr-digest': 'sha-512=10, sha-256=0, md5=5' }
    const upload = path(await create(server, { headers: when === 'creation' ? want : {} }))
    const first = await append(server, upload, 0, bytes)
    expect(first.headers['repr-digest']).toBeUndefined()
    const last = () =>
      append(server, upload, bytes.length, undefined, {
        headers: { 'upload-complete': '?1', ...(when === 'creation' ? {} : want) },
      })
    for (const reply of [await last(), await last()]) {
      expect(reply.status).toBe(201)
      expect(reply.headers['repr-digest']).toBe(digest('sha-512', bytes))
    }
  })
})
