import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { type Client, client, problem, sha256, UPLOADS } from './support.ts'

let server: TestServer
let admin: Client
beforeAll(async () => {
  server = await startServer()
  admin = client(server)
})
afterAll(() => server.dispose())

const get = (id: string, query = '', headers: Record<string, string> = {}) =>
  admin.call('GET', `${UPLOADS}/${id}/file${query}`, { headers })

describe('GET uploads/{id}/file', () => {
  test('gives the bytes with length, name, validator and no way to run', async () => {
    const bytes = randomBytes(3000)
    const id = await admin.upload([bytes.subarray(0, 1000), bytes.subarray(1000)], {
      fileName: 'a "b".png',
      contentType: 'image/png',
    })
    const { status, headers, bytes: got } = await get(id)
    expect(status).toBe(200)
    expect(got.equals(bytes)).toBe(true)
    expect(headers.get('content-type')).toBe('image/png')
    expect(headers.get('content-length')).toBe('3000')
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename=/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('accept-ranges')).toBe('bytes')
    expect(headers.get('etag')).toBe(`"${sha256(bytes)}"`)
    const head = await admin.call('HEAD', `${UPLOADS}/${id}/file`)
    expect([head.status, head.headers.get('content-length'), head.bytes.length]).toEqual([200, '3000', 0])
  })

  test.each(['ARCHIVE', 'ATTACHMENT', 'IMAGE'])('works for %s', async (uploadLocation) => {
    const id = await admin.upload(['some ', 'bytes'], { uploadLocation })
    expect((await get(id)).text).toBe('some bytes')
  })

  test('single ranges', async () => {
    const id = await admin.upload(['01234', '56789'])
    const part = await get(id, '', { range: 'bytes=3-6' })
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '3456', 'bytes 3-6/10'])
    expect(part.headers.get('content-disposition')).toMatch(/^attachment/)
    expect((await get(id, '', { range: 'bytes=-2' })).text).toBe('89')
    expect((await get(id, '', { range: 'bytes=20-' })).status).toBe(416)
    const etag = part.headers.get('etag') ?? ''
    expect((await get(id, '', { range: 'bytes=0-0', 'if-range': etag })).status).toBe(206)
    expect((await get(id, '', { range: 'bytes=0-0', 'if-range': '"other"' })).status).toBe(200)
    expect((await get(id, '', { 'if-none-match': etag })).status).toBe(304)
  })

  test.each([
    [null, 'page.HTML', 'text/html'],
    ['', 'page.htm', 'text/html'],
    [' ', 'table.csv', 'text/plain'],
    [null, 'old.ssv', 'text/plain'],
    [null, 'server.log', 'text/plain'],
    [null, 'photo.jpg', 'image/jpeg'],
    [null, 'unknown.zzzz', 'application/octet-stream'],
    ['text/html', 'x.bin', 'text/html'],
    ['application/x-own; a="b"', 'x', 'application/x-own; a="b"'],
    ['no type at all', 'x', 'application/octet-stream'],
  ])('contentType %j of %s is served as %s', async (contentType, fileName, served) => {
    const id = await admin.upload(['x'], { contentType, fileName })
    const { headers } = await get(id)
    expect(headers.get('content-type')).toBe(served)
    expect(headers.get('content-disposition')).toMatch(/^attachment/)
    expect(headers.get('content-security-policy')).toContain('sandbox')
  })

  test.each(['?json', '?json=', '?json=false', '?json=true', '?asJson', '?asJson=true'])(
    '%s gives base64',
    async (query) => {
      const bytes = randomBytes(100_000)
      const id = await admin.upload([bytes.subarray(0, 50_001), bytes.subarray(50_001)])
      const { status, headers, text } = await get(id, query, { accept: 'application/json' })
      expect(status).toBe(200)
      expect(headers.get('content-type')).toContain('application/json')
      expect(text).toBe(`{"data":"${bytes.toString('base64')}"}`)
      expect(headers.get('content-length')).toBe(String(text.length))
    },
  )

  test('takes every Accept', async () => {
    const id = await admin.upload(['x'])
    expect((await get(id, '', { accept: 'application/json' })).text).toBe('x')
    expect((await get(id, '', { accept: 'image/png' })).status).toBe(200)
  })

  test.each(['../../x', '..', 'a\\b/c', 'Ü 🚢', '"'])(
    'the name %s goes into one header',
    async (fileName) => {
      const id = await admin.upload(['x'], { fileName })
      const disposition = (await get(id)).headers.get('content-disposition') ?? ''
      expect(disposition).toMatch(/^attachment; filename/)
      expect(disposition.replace(/^attachment; /, '')).not.toMatch(/[/\\](?!")/)
    },
  )

  test('before it is complete: 400 with the status', async () => {
    const id = (await admin.begin()).body.uploadId
    const { status, body } = await get(id)
    expect([status, body]).toEqual([
      400,
      problem(400, 'Upload is not completed yet or cancelled. Current status: INITIATED', id),
    ])
    expect((await admin.call('HEAD', `${UPLOADS}/${id}/file`)).status).toBe(400)
  })

  test('of an unknown id: 404', async () => {
    expect((await get('nothing')).body).toEqual(problem(404, 'Upload session not found: ', 'nothing'))
  })
})
