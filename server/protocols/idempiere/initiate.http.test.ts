import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { type Client, client, sha256, UPLOADS } from './support.ts'

let server: TestServer
let admin: Client
beforeAll(async () => {
  server = await startServer()
  admin = client(server)
})
afterAll(() => server.dispose())

describe('POST uploads', () => {
  test('answers 201 with four members, in order', async () => {
    const { status, body, headers } = await admin.begin({ chunkSize: 5, expiresInSeconds: 60 })
    expect(status).toBe(201)
    expect(headers.get('location')).toBeNull()
    expect(Object.keys(body)).toEqual(['uploadId', 'chunkSize', 'expiresAt', 'presignedURL'])
    expect(body.uploadId).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/)
    expect(body.chunkSize).toBe(5)
    expect(body.expiresAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/)
    const left = Date.parse(`${body.expiresAt}Z`) - Date.now()
    expect(left).toBeGreaterThan(50_000)
    expect(left).toBeLessThanOrEqual(60_000)
    expect(body.presignedURL).toMatch(
      new RegExp(
        `^v1/uploads/${body.uploadId}/chunks/\\{chunkOrder\\}\\?X-ID-CREDENTIAL=[\\w-]+` +
          '&X-ID-DATE=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ&X-ID-EXPIRES=60&X-ID-SIGNATURE=[0-9a-f]{64}$',
      ),
    )
  })

  test.each([
    [{ chunkSize: undefined }, 0],
    [{ chunkSize: null }, 0],
    [{ chunkSize: '12' }, 12],
    [{ chunkSize: 12.9 }, 12],
    [{ chunkSize: -3 }, -3],
    [{ chunkSize: 0 }, 0],
  ])('chunkSize %j is stored and echoed', async (more, echoed) => {
    const { body } = await admin.begin(more)
    expect(body.chunkSize).toBe(echoed)
    expect((await admin.status(body.uploadId)).chunkSize).toBe(echoed)
  })

  test.each([
    [undefined, 0],
    [null, 0],
    [0, 0],
    [-7, -7],
    ['123', 123],
    [123.9, 123],
  ])('fileSize %j is shown as %d', async (fileSize, shown) => {
    const { body } = await admin.begin({ fileSize })
    expect((await admin.status(body.uploadId)).fileSize).toBe(shown)
  })

  test('a life that is not asked for is 24 hours', async () => {
    const { body } = await admin.begin({ expiresInSeconds: undefined })
    const hours = (Date.parse(`${body.expiresAt}Z`) - Date.now()) / 3_600_000
    expect(hours).toBeGreaterThan(23.9)
    expect(hours).toBeLessThanOrEqual(24)
    expect(body.presignedURL).toContain('X-ID-EXPIRES=86400&')
  })

  test.each([0, -5])('a life of %d seconds is over at once', async (expiresInSeconds) => {
    const { status, body } = await admin.begin({ expiresInSeconds })
    expect(status).toBe(201)
    expect((await admin.put(body.uploadId, 1, 'x', 1)).status).toBe(410)
  })

  test('members nobody knows are ignored, numbers are taken as names', async () => {
    const { status, body } = await admin.begin({ whatever: 1, fileName: 42 })
    expect(status).toBe(201)
    expect((await admin.status(body.uploadId)).fileName).toBe('42')
  })

  test.each([
    'a/b\\c.txt',
    '../../etc/passwd',
    'with "quotes" and spaces .txt',
    'Ünïcodé 日本語 🚢.png',
    'e\u0301 is not é',
    'x'.repeat(300),
    '..',
  ])('the name %s comes back as it was sent', async (fileName) => {
    const { body } = await admin.begin({ fileName })
    expect((await admin.status(body.uploadId)).fileName).toBe(fileName)
  })

  test.each([
    ['fileName absent', { fileName: undefined }, /fileName/],
    ['fileName null', { fileName: null }, /fileName/],
    ['fileName blank', { fileName: '  ' }, /fileName/],
    ['fileName with control characters', { fileName: 'a\u0000b' }, /fileName/],
    ['fileName with a line separator', { fileName: 'a\u2028b' }, /fileName/],
    ['fileName with half a character', { fileName: 'a\ud800b' }, /fileName/],
    ['fileName beyond reason', { fileName: 'x'.repeat(5000) }, /4096/],
    ['sha256 absent', { sha256: undefined }, /sha256/],
    ['sha256 null', { sha256: null }, /sha256/],
    ['sha256 blank', { sha256: '' }, /sha256/],
    ['sha256 too short', { sha256: 'abc' }, /sha256/],
    ['sha256 no hex', { sha256: 'g'.repeat(64) }, /sha256/],
    ['contentType with a line break', { contentType: 'text/plain\r\nX-Evil: 1' }, /contentType/],
    ['contentType no header carries', { contentType: 'text/日本' }, /contentType/],
    ['a life beyond all dates', { expiresInSeconds: 1e15 }, /expiresInSeconds/],
  ])('%s: 400 with a reason', async (_, more, why) => {
    const { status, body } = await admin.begin(more)
    expect(status).toBe(400)
    expect(body).toEqual({
      title: 'Failed to initiate upload',
      status: 400,
      detail: expect.stringMatching(why),
    })
  })

  test('a file larger than the server takes: 413 with the limit', async () => {
    const { status, body } = await admin.begin({ fileSize: 2 ** 41 })
    expect(status).toBe(413)
    expect(body).toEqual({
      title: 'Failed to initiate upload',
      status: 413,
      detail: expect.stringContaining('1099511627776'),
    })
  })

  test.each(['archive', 'DISK', 'ARCHIVE '])('uploadLocation %j is none', async (uploadLocation) => {
    const { status, body } = await admin.begin({ uploadLocation })
    expect(status).toBe(400)
    expect(body).toEqual({ error: 'Invalid uploadLocation in request.' })
  })

  test.each([undefined, null, '', ' ', 'ARCHIVE', 'ATTACHMENT', 'IMAGE'])(
    'uploadLocation %j is one',
    async (uploadLocation) => {
      expect((await admin.begin({ uploadLocation })).status).toBe(201)
    },
  )

  test.each([
    ['malformed JSON', '{"fileName":'],
    ['an array', '[1]'],
    ['a text', '"x"'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('%s: 400 in plain text', async (_, body) => {
    const reply = await admin.call('POST', UPLOADS, { body, headers: { 'content-type': 'application/json' } })
    expect(reply.status).toBe(400)
    expect(reply.headers.get('content-type')).toContain('text/plain')
  })

  test.each([
    [{ fileSize: 'many' }, 'fileSize'],
    [{ fileSize: {} }, 'fileSize'],
    [{ fileSize: true }, 'fileSize'],
    [{ fileSize: 1e30 }, 'fileSize'],
    [{ fileName: ['a'] }, 'fileName'],
    [{ expiresInSeconds: 'soon' }, 'expiresInSeconds'],
  ])('%j: 400 that names the member', async (more, name) => {
    const reply = await admin.begin(more)
    expect(reply.status).toBe(400)
    expect(reply.text).toContain(name)
  })

  test.each(['', '  ', 'null'])('the body %j: 400 with a detail', async (body) => {
    const reply = await admin.call('POST', UPLOADS, { body, headers: { 'content-type': 'application/json' } })
    expect(reply.status).toBe(400)
    expect(reply.body.detail).toBeTruthy()
  })

  test('another media type is 415, an answer that cannot be read 406', async () => {
    const body = JSON.stringify({ fileName: 'a', sha256: sha256('') })
    const post = (headers: Record<string, string>) => admin.call('POST', UPLOADS, { body, headers })
    expect((await post({ 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post({ 'content-type': 'application/json', accept: 'image/png' })).status).toBe(406)
    expect(
      (await post({ 'content-type': 'application/json; charset=utf-8', accept: 'text/html, */*;q=0.1' }))
        .status,
    ).toBe(201)
  })
})
