import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { append, create, head, lines, open, path, until } from './support.ts'

/** A body of `seconds`, a piece every 100 ms. */
const slow = (seconds: number): Buffer[] => Array.from({ length: seconds * 10 }, () => randomBytes(1000))

describe('104 (Upload Resumption Supported)', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  test.each([3, 4, 5, 6, 7, 8, 9])('announces an upload in version %i before its body', async (version) => {
    const socket = await open(server)
    socket.write(
      lines(
        'POST /files HTTP/1.1',
        'Host: x',
        `Authorization: ${server.authorization}`,
        version === 3 ? 'Upload-Incomplete: ?0' : 'Upload-Complete: ?1',
        `Upload-Draft-Interop-Version: ${version}`,
        'Content-Length: 5',
      ),
    )
    const interim = await until(() =>
      socket.received().endsWith('\r\n\r\n') ? socket.received() : undefined,
    )
    expect(interim).toMatch(/^HTTP\/1\.1 104 Upload Resumption Supported\r\n/)
    expect(interim).toMatch(new RegExp(`^upload-draft-interop-version: ${version}\r$`, 'im'))
    const location = /^location: (\S+)\r$/im.exec(interim)?.[1] ?? ''
    expect(interim).toMatch(/^upload-limit: max-size=\d+, min-size=0, (max-age|expires)=\d+\r$/im)
    // The upload is there while its creation still waits for bytes.
    const waiting = head(server, new URL(location, server.origin).pathname)
    expect((await waiting).headers['upload-offset']).toBe('0')
    socket.destroy()
  })

  test('is not sent through a proxy that would take it for the final answer', async () => {
    const interimTo = async (headers: Record<string, string>): Promise<number> => {
      const all = { 'upload-draft-interop-version': '8', ...headers }
      const reply = await create(server, { headers: all, body: randomBytes(5) })
      expect(reply.status).toBe(201)
      return reply.interim.length
    }
    expect(await interimTo({})).toBe(1)
    expect(await interimTo({ 'x-interim-responses': 'none' })).toBe(0)
  })

  test.each([undefined, 2, 10, 99])('is not sent to version %s', async (version) => {
    const socket = await open(server)
    const named = version === undefined ? [] : [`Upload-Draft-Interop-Version: ${version}`]
    socket.write(
      lines(
        'POST /files HTTP/1.1',
        'Host: x',
        `Authorization: ${server.authorization}`,
        'Upload-Complete: ?1',
        ...named,
        'Content-Length: 5',
      ),
    )
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(socket.received()).toBe('')
    socket.write('12345')
    const reply = await until(() => socket.received() || undefined)
    expect(reply).toMatch(/^HTTP\/1\.1 201 /)
    expect(reply).toMatch(/^upload-complete: \?1\r$/im)
    socket.destroy()
  })

  test('is not sent over HTTP/1.0, nor before a refusal', async () => {
    const socket = await open(server)
    socket.write(
      lines(
        'POST /files HTTP/1.0',
        `Authorization: ${server.authorization}`,
        'Upload-Complete: ?1',
        'Upload-Draft-Interop-Version: 8',
        'Content-Length: 0',
      ),
    )
    expect(await until(() => socket.received() || undefined)).toMatch(/^HTTP\/1\.\d 201 /)
    const refused = await create(server, { headers: { 'upload-length': 'x' } })
    expect([refused.status, refused.interim]).toEqual([400, []])
  })

  test('comes before the invitation of a client that waits for it', async () => {
    const socket = await open(server)
    socket.write(
      lines(
        'POST /files HTTP/1.1',
        'Host: x',
        `Authorization: ${server.authorization}`,
        'Upload-Complete: ?1',
        'Upload-Draft-Interop-Version: 8',
        'Content-Length: 5',
        'Expect: 100-continue',
      ),
    )
    const told = await until(() => (/ 100 /.test(socket.received()) ? socket.received() : undefined))
    expect(told.indexOf(' 104 ')).toBeLessThan(told.indexOf(' 100 '))
    socket.write('12345')
    await until(() => / 201 /.test(socket.received()) || undefined)
    socket.destroy()
  })

  test.each(['creation', 'append'])('tells a slow %s what is committed', async (verb) => {
    const body = slow(3)
    const upload = verb === 'append' ? path(await create(server)) : ''
    const reply =
      verb === 'append'
        ? await append(server, upload, 0, body, { pause: 100 })
        : await create(server, { body, pause: 100 })
    expect(reply.status).toBe(verb === 'append' ? 204 : 201)
    const told = reply.interim.filter(({ headers }) => headers['upload-offset'] !== undefined)
    expect(told.length).toBeGreaterThanOrEqual(2)
    const offsets = told.map(({ headers }) => Number(headers['upload-offset']))
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b))
    for (const { status, headers } of told) {
      expect(status).toBe(104)
      expect(headers.location).toBeUndefined()
      expect(headers['upload-draft-interop-version']).toBe('8')
    }
    const gaps = told.map(({ at }, index) => at - (told[index - 1]?.at ?? 0))
    expect(Math.max(...gaps)).toBeLessThan(1500)
    expect(reply.headers['upload-offset']).toBe('30000')
  })

  test('the offset it told survives a crash', async () => {
    const upload = path(await create(server))
    const sending = append(server, upload, 0, slow(6), { pause: 100 }).catch((error: unknown) => error)
    const socket = await open(server)
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 2500))
    server = await server.restart()
    expect(await sending).toBeInstanceOf(Error)
    const offset = Number((await head(server, upload)).headers['upload-offset'])
    expect(offset).toBeGreaterThanOrEqual(10_000)
    expect((await append(server, upload, offset, Buffer.from('x'))).status).toBe(204)
  })
})
