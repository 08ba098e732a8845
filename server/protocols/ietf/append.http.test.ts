import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { append, ask, create, head, lines, open, path, problem, sha, TYPE, until } from './support.ts'

describe('upload append', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  const begin = async (headers: Record<string, string> = {}) => path(await create(server, { headers }))

  test('adds bytes request by request and completes when told', async () => {
    const bytes = randomBytes(250_000)
    const upload = await begin()
    for (let at = 0; at < 200_000; at += 100_000) {
      const reply = await append(server, upload, at, bytes.subarray(at, at + 100_000))
      expect(reply.status).toBe(204)
      expect(reply.headers).toMatchObject({
        'upload-complete': '?0',
        'upload-offset': String(at + 100_000),
      })
    }
    const last = await append(server, upload, 200_000, bytes.subarray(200_000), {
      headers: { 'upload-complete': '?1' },
    })
    expect(last.status).toBe(201)
    expect(last.headers).toMatchObject({ 'upload-complete': '?1', 'upload-offset': '250000' })
    expect(sha('sha256', (await ask(server, upload)).body)).toBe(sha('sha256', bytes))
  })

  test('completes without bytes, and gives the same final response to whoever asks again', async () => {
    const upload = await begin({ 'upload-length': '5' })
    await append(server, upload, 0, Buffer.from('12345'))
    expect((await head(server, upload)).headers['upload-complete']).toBe('?0')
    const end = () => append(server, upload, 5, undefined, { headers: { 'upload-complete': '?1' } })
    const [first, again] = [await end(), await end()]
    expect(first.status).toBe(201)
    expect(first.headers['upload-complete']).toBe('?1')
    const plain = ({ status, headers, body }: typeof first) => {
      const { date, 'x-request-id': id, ...rest } = headers
      return { status, rest, body: body.toString() }
    }
    expect(plain(again)).toEqual(plain(first))
  })

  test('refuses another offset with the right one', async () => {
    const upload = await begin()
    await append(server, upload, 0, Buffer.from('12345'))
    for (const offset of [0, 4, 6, 999_999_999_999_999]) {
      const reply = await append(server, upload, offset, Buffer.from('x'))
      expect(reply.status).toBe(409)
      expect(reply.headers).toMatchObject({
        'upload-offset': '5',
        'upload-complete': '?0',
        'content-type': 'application/problem+json',
      })
      expect(problem(reply)).toMatchObject({
        type: 'https://iana.org/assignments/http-problem-types#mismatching-upload-offset',
        'expected-offset': 5,
        'provided-offset': offset,
      })
    }
    expect((await head(server, upload)).headers['upload-offset']).toBe('5')
  })

  test('refuses bytes behind the length, whatever is declared or sent', async () => {
    const upload = await begin({ 'upload-length': '8' })
    await append(server, upload, 0, Buffer.from('12345'))
    const tries: [Buffer | Buffer[], Record<string, string>][] = [
      [Buffer.from('6789'), {}],
      [[Buffer.from('6789')], {}],
      [Buffer.from('67'), { 'upload-complete': '?1' }],
      [[Buffer.from('67')], { 'upload-complete': '?1' }],
      [Buffer.from('678'), { 'upload-length': '9' }],
      [Buffer.from('678'), { 'upload-length': '3' }],
    ]
    for (const [body, headers] of tries) {
      const reply = await append(server, upload, 5, body, { headers })
      expect(reply.status).toBe(400)
      expect(problem(reply).type).toMatch(/#inconsistent-upload-length$/)
      expect(reply.headers).toMatchObject({ 'upload-offset': '5', 'upload-complete': '?0' })
    }
    const same = await append(server, upload, 5, Buffer.from('678'), {
      headers: { 'upload-length': '8', 'upload-complete': '?1' },
    })
    expect(same.status).toBe(201)
    expect((await ask(server, upload)).body.toString()).toBe('12345678')
  })

  test('a complete upload takes no more bytes', async () => {
    const upload = await begin()
    await append(server, upload, 0, Buffer.from('12345'), { headers: { 'upload-complete': '?1' } })
    for (const complete of ['?0', '?1']) {
      const reply = await append(server, upload, 5, Buffer.from('6'), {
        headers: { 'upload-complete': complete },
      })
      expect(reply.status).toBe(400)
      expect(problem(reply).type).toBe('https://iana.org/assignments/http-problem-types#completed-upload')
    }
    expect((await append(server, upload, 2, Buffer.from('345'))).status).toBe(409)
    expect((await ask(server, upload)).body.toString()).toBe('12345')
  })

  test('wants its media type, whatever its parameters', async () => {
    const upload = await begin()
    for (const type of ['text/plain', 'application/octet-stream', '']) {
      const reply = await append(server, upload, 0, Buffer.from('x'), { headers: { 'content-type': type } })
      expect(reply.status).toBe(415)
      expect(reply.headers['accept-patch']).toBe(TYPE)
      expect(reply.headers['upload-offset']).toBe('0')
    }
    const reply = await append(server, upload, 0, Buffer.from('x'), {
      headers: { 'content-type': `${TYPE}; a=b` },
    })
    expect(reply.status).toBe(204)
  })

  test('keeps every byte that arrived before a cut', async () => {
    const bytes = randomBytes(100_000)
    const upload = await begin({ 'upload-length': '100000' })
    const socket = await open(server)
    socket.write(
      lines(
        `PATCH ${upload} HTTP/1.1`,
        'Host: x',
        `Authorization: ${server.authorization}`,
        'Upload-Offset: 0',
        'Upload-Complete: ?1',
        `Content-Type: ${TYPE}`,
        'Content-Length: 100000',
      ),
    )
    socket.write(bytes.subarray(0, 40_000))
    await new Promise((resolve) => setTimeout(resolve, 200))
    socket.destroy()
    const state = await until(async () => {
      const reply = await head(server, upload)
      return reply.headers['upload-offset'] === '0' ? undefined : reply
    })
    expect(state.headers).toMatchObject({ 'upload-offset': '40000', 'upload-complete': '?0' })
    const rest = await append(server, upload, 40_000, bytes.subarray(40_000), {
      headers: { 'upload-complete': '?1' },
    })
    expect(rest.status).toBe(201)
    expect(sha('sha256', (await ask(server, upload)).body)).toBe(sha('sha256', bytes))
  })

  test('a silent holder gives way, a running one does not', async () => {
    const upload = await begin()
    const socket = await open(server)
    const start = (length: number): void => {
      socket.write(
        lines(
          `PATCH ${upload} HTTP/1.1`,
          'Host: x',
          `Authorization: ${server.authorization}`,
          'Upload-Offset: 0',
          'Upload-Complete: ?0',
          `Content-Type: ${TYPE}`,
          `Content-Length: ${length}`,
        ),
      )
    }
    start(100_000)
    const running = setInterval(() => socket.write('x'.repeat(100)), 50)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const rival = await append(server, upload, 0, Buffer.from('y'))
    expect([409, 423]).toContain(rival.status)
    if (rival.status === 423) expect(rival.headers['retry-after']).toBeDefined()
    clearInterval(running)
    await new Promise((resolve) => setTimeout(resolve, 700))
    const before = performance.now()
    const offset = Number((await head(server, upload)).headers['upload-offset'])
    expect(offset).toBeGreaterThan(300)
    const next = await append(server, upload, offset, Buffer.from('y'))
    expect(next.status).toBe(204)
    expect(performance.now() - before).toBeLessThan(2000)
    socket.destroy()
  })

  test('is of its owner only', async () => {
    const upload = await begin()
    const bob = await addUser(server, 'bob')
    expect((await append(server, upload, 0, Buffer.from('x'), { authorization: bob })).status).toBe(404)
    expect((await append(server, upload, 0, Buffer.from('x'), { authorization: null })).status).toBe(401)
    const missing = await append(server, '/files/00000000-0000-4000-8000-000000000000', 0, Buffer.from('x'))
    expect(missing.status).toBe(404)
    expect((await head(server, upload)).headers['upload-offset']).toBe('0')
  })

  test('goes on after the server was killed', async () => {
    const bytes = randomBytes(50_000)
    const upload = await begin({ 'upload-length': '50000' })
    expect((await append(server, upload, 0, bytes.subarray(0, 30_000))).status).toBe(204)
    server = await server.restart()
    expect((await head(server, upload)).headers['upload-offset']).toBe('30000')
    const reply = await append(server, upload, 30_000, bytes.subarray(30_000), {
      headers: { 'upload-complete': '?1', 'repr-digest': `sha-256=:${sha('sha256', bytes, 'base64')}:` },
    })
    expect(reply.status).toBe(201)
  })
})
