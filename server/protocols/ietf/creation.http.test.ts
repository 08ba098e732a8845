import { randomBytes } from 'node:crypto'
import { parse } from 'content-disposition'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { append, ask, create, head, lines, open, path, problem, until } from './support.ts'

const nameOf = (disposition: string): string | undefined => parse(disposition).parameters.filename

describe('upload creation', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ SLIPWAY_MAX_SIZE: '1000000' })
  })
  afterAll(() => server.dispose())

  test('takes a whole file in one request', async () => {
    const body = randomBytes(300_000)
    const reply = await create(server, { body, headers: { 'upload-complete': '?1' } })
    expect(reply.status).toBe(201)
    expect(reply.headers).toMatchObject({ 'upload-complete': '?1', 'upload-offset': '300000' })
    const file = await ask(server, path(reply))
    expect(file.status).toBe(200)
    expect(file.body.equals(body)).toBe(true)
  })

  test('takes an empty file', async () => {
    const reply = await create(server, { body: Buffer.alloc(0), headers: { 'upload-complete': '?1' } })
    expect(reply.status).toBe(201)
    expect(reply.headers['upload-complete']).toBe('?1')
    const file = await ask(server, path(reply))
    expect([file.status, file.body.length]).toEqual([200, 0])
  })

  test('begins without bytes, with and without a length', async () => {
    for (const length of [undefined, '12']) {
      const reply = await create(server, { headers: length ? { 'upload-length': length } : {} })
      expect(reply.status).toBe(201)
      expect(reply.headers).toMatchObject({ 'upload-complete': '?0', 'upload-offset': '0' })
      expect(reply.headers['upload-limit']).toMatch(/^max-size=1000000, min-size=0, max-age=863\d\d$/)
      const state = await head(server, path(reply))
      expect(state.headers['upload-length']).toBe(length)
    }
  })

  test('keeps the first bytes of a file', async () => {
    const reply = await create(server, { body: randomBytes(1000), headers: { 'upload-length': '5000' } })
    expect(reply.status).toBe(201)
    expect(reply.headers).toMatchObject({ 'upload-complete': '?0', 'upload-offset': '1000' })
    expect((await head(server, path(reply))).headers['upload-offset']).toBe('1000')
  })

  test('is not completed by reaching its length', async () => {
    const reply = await create(server, { body: randomBytes(1000), headers: { 'upload-length': '1000' } })
    expect(reply.headers).toMatchObject({ 'upload-complete': '?0', 'upload-offset': '1000' })
    expect((await head(server, path(reply))).headers['upload-complete']).toBe('?0')
    expect((await ask(server, path(reply))).status).toBeGreaterThanOrEqual(400)
  })

  test.each([
    [`attachment; filename="report.txt"`, 'report.txt'],
    [`inline; filename="fallback.txt"; filename*=UTF-8''%e2%82%ac%20%c3%bc.txt`, '€ ü.txt'],
    [Buffer.from('inline; filename="grün.txt"').toString('latin1'), 'grün.txt'],
    // A name is data; what a browser is told to save it as has no folders.
    ['inline; filename="../../etc/passwd"', '.._.._etc_passwd'],
  ])('names the file by %j', async (disposition, name) => {
    const reply = await create(server, {
      body: Buffer.from('x'),
      headers: {
        'upload-complete': '?1',
        'content-disposition': disposition,
        'content-type': 'text/x-report; charset=utf-8',
      },
    })
    expect(reply.status).toBe(201)
    const file = await ask(server, path(reply))
    expect(file.headers['content-type']).toBe('text/x-report; charset=utf-8')
    expect(nameOf(file.headers['content-disposition'] ?? '')).toBe(name)
  })

  test('takes what tus clients say in Upload-Metadata', async () => {
    const metadata = `filename ${Buffer.from('a ü.txt').toString('base64')},filetype ${Buffer.from('text/css').toString('base64')}`
    const reply = await create(server, {
      headers: { 'upload-metadata': metadata, 'upload-defer-length': '1' },
    })
    expect(reply.status).toBe(201)
    await append(server, path(reply), 0, Buffer.from('x'), { headers: { 'upload-complete': '?1' } })
    const file = await ask(server, path(reply))
    expect(file.headers['content-type']).toMatch(/^text\/css\b/)
    expect(nameOf(file.headers['content-disposition'] ?? '')).toBe('a ü.txt')
  })

  test.each([
    ['another Content-Length', { 'upload-complete': '?1', 'upload-length': '9' }],
    ['more bytes than the length', { 'upload-complete': '?0', 'upload-length': '4' }],
  ])('refuses %s', async (_, headers) => {
    const reply = await create(server, { body: Buffer.from('12345'), headers })
    expect(reply.status).toBe(400)
    expect(reply.headers['content-type']).toBe('application/problem+json')
    expect(problem(reply).type).toBe(
      'https://iana.org/assignments/http-problem-types#inconsistent-upload-length',
    )
    expect(reply.headers.location).toBeUndefined()
    expect(reply.interim).toEqual([])
  })

  test('refuses a chunked body that is shorter or longer than the length', async () => {
    for (const [body, complete] of [
      ['123', '?1'],
      ['123456', '?1'],
      ['123456', '?0'],
    ] as const) {
      const reply = await create(server, {
        body: [Buffer.from(body)],
        headers: { 'upload-complete': complete, 'upload-length': '5' },
      })
      expect(reply.status).toBe(400)
      expect(problem(reply).type).toMatch(/#inconsistent-upload-length$/)
      expect(reply.headers).toMatchObject({ 'upload-complete': '?0', 'upload-offset': '0' })
    }
  })

  test('refuses what is too large before its body', async () => {
    for (const headers of [{ 'upload-length': '1000001' }, { 'upload-length': '999999999999999' }]) {
      const reply = await create(server, { headers })
      expect(reply.status).toBe(413)
      expect(reply.headers['upload-limit']).toMatch(/\bmax-size=1000000\b/)
    }
    const socket = await open(server)
    socket.write(
      lines(
        'POST /files HTTP/1.1',
        'Host: x',
        `Authorization: ${server.authorization}`,
        'Upload-Complete: ?1',
        'Content-Length: 1000001',
        'Expect: 100-continue',
      ),
    )
    const answer = await until(() => (socket.received().includes('\r\n\r\n') ? socket.received() : undefined))
    socket.destroy()
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toMatch(/upload-limit: max-size=1000000/i)
  })

  test('wants to know who calls, and readers may not', async () => {
    const anonymous = await create(server, { authorization: null })
    expect(anonymous.status).toBe(401)
    expect(anonymous.headers['www-authenticate']).toBeDefined()
    const reader = await create(server, { authorization: await addUser(server, 'rita', ['reader']) })
    expect(reader.status).toBe(403)
  })

  test('takes no coded content', async () => {
    const reply = await create(server, { headers: { 'content-encoding': 'gzip' } })
    expect(reply.status).toBe(415)
    expect(reply.headers['accept-encoding']).toBe('identity')
  })
})
