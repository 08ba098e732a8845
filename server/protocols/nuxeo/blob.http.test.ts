import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { blobOf, type Client, clientOf, md5 } from './support.ts'

/** The contract's section 6. */
describe('blobs', () => {
  const bytes = randomBytes(50_000)
  let server: TestServer
  let nuxeo: Client
  let uid: string
  let at: string
  beforeAll(async () => {
    server = await startServer()
    nuxeo = clientOf(server)
    const batch = await nuxeo.batch()
    await nuxeo.send(batch, 0, bytes, { 'x-file-name': 'caf%C3%A9.txt', 'x-file-type': 'text/plain' })
    await nuxeo.send(batch, 1, 'two', { 'x-file-name': 'two.html', 'x-file-type': 'text/html' })
    const properties = { 'file:content': blobOf(batch, '0'), 'files:files': [{ file: blobOf(batch, '1') }] }
    uid = (await nuxeo.document('blobs', properties)).body.uid
    at = `/id/${uid}/@blob/file:content`
  })
  afterAll(() => server.dispose())

  const get = (headers: Record<string, string> = {}, path = at) => nuxeo.call('GET', path, undefined, headers)

  test('whatever is accepted, the bytes come', async () => {
    const reply = await get({ accept: 'application/json', 'nuxeo-transaction-timeout': '30000' })
    expect(reply.status).toBe(200)
    expect(reply.bytes.equals(bytes)).toBe(true)
    expect(reply.headers.get('content-type')).toBe('text/plain')
    expect(reply.headers.get('content-length')).toBe('50000')
    expect(reply.headers.get('accept-ranges')).toBe('bytes')
    expect(reply.headers.get('etag')).toBe(`"${md5(bytes)}"`)
    expect(Date.parse(reply.headers.get('last-modified') ?? '')).toBeGreaterThan(0)
    expect(reply.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''caf%C3%A9.txt")
  })

  test.each(['blobholder:0', 'file:content'])('%s is the main blob', async (xpath) => {
    expect((await get({}, `/id/${uid}/@blob/${xpath}`)).bytes.equals(bytes)).toBe(true)
    expect((await get({}, `/path/default-domain/workspaces/blobs/@blob/${xpath}`)).bytes.equals(bytes)).toBe(
      true,
    )
  })

  test.each(['blobholder:1', 'files:files/0/file', 'files%3Afiles/0/file'])(
    '%s is the other',
    async (xpath) => {
      const reply = await get({}, `/id/${uid}/@blob/${xpath}`)
      expect(reply.text).toBe('two')
      expect(reply.headers.get('content-disposition')).toBe('attachment; filename=two.html')
      expect(reply.headers.get('x-content-type-options')).toBe('nosniff')
    },
  )

  test.each([
    'blobholder:2',
    'blobholder:x',
    'blobholder:01',
    'files:files/1/file',
    'files:files/00/file',
    'dc:title',
    'nothing',
    '',
    '..%2f..%2fetc',
  ])('%j names no blob', async (xpath) => {
    const reply = await get({}, `/id/${uid}/@blob/${xpath}`)
    expect([reply.status, reply.body['entity-type']]).toEqual([404, 'exception'])
  })

  test('HEAD has the headers alone', async () => {
    const reply = await nuxeo.call('HEAD', at)
    expect([reply.status, reply.bytes.length, reply.headers.get('content-length')]).toEqual([200, 0, '50000'])
  })

  test('validators', async () => {
    for (const headers of [{ 'if-none-match': `"${md5(bytes)}"` }, { 'if-none-match': '*' }] as Record<
      string,
      string
    >[])
      expect((await get(headers)).status).toBe(304)
    expect((await get({ 'if-modified-since': new Date(Date.now() + 5000).toUTCString() })).status).toBe(304)
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200)
  })

  test('digests on demand', async () => {
    const value = createHash('md5').update(bytes).digest('base64')
    expect((await get({ 'want-digest': 'md5' })).headers.get('digest')).toBe(`md5=${value}`)
    expect((await get({ 'want-digest': 'contentMD5' })).headers.get('content-md5')).toBe(value)
  })

  test.each([
    ['bytes=0-9', 0, 10],
    ['bytes=49990-', 49_990, 50_000],
    ['bytes=-5', 49_995, 50_000],
    ['bytes=10-99999', 10, 50_000],
  ])('range %s', async (range, from, to) => {
    const reply = await get({ range })
    expect(reply.status).toBe(206)
    expect(reply.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/50000`)
    expect(reply.bytes.equals(bytes.subarray(from, to))).toBe(true)
  })

  test.each(['bytes=0-1,5-6', 'bytes=9-2', 'bytes=x', 'lines=1-2'])(
    'range %s is the whole file',
    async (range) => {
      const reply = await get({ range })
      expect([reply.status, reply.bytes.length]).toEqual([200, 50_000])
    },
  )

  test('a range that begins past the end', async () => {
    const reply = await get({ range: 'bytes=50000-' })
    expect([reply.status, reply.headers.get('content-range')]).toEqual([416, 'bytes */50000'])
  })

  test('inline for what cannot run, never for a page', async () => {
    const inline = await get({}, `${at}?inline=true`)
    expect(inline.headers.get('content-disposition')).toMatch(/^inline;/)
    const page = await get({}, `/id/${uid}/@blob/files:files/0/file?inline=true`)
    expect(page.headers.get('content-disposition')).toMatch(/^attachment;/)
  })

  test('nxfile', async () => {
    const base = `/nuxeo/nxfile/default/${uid}`
    expect((await get({}, `${base}/file:content/caf%C3%A9.txt?changeToken=0`)).bytes.equals(bytes)).toBe(true)
    expect((await get({}, `${base}/files:files/0/file/two.html`)).text).toBe('two')
    expect((await get({}, `${base}/files:files/4/file/x`)).status).toBe(404)
    expect((await get({}, `/nuxeo/nxfile/other/${uid}/file:content`)).status).toBe(404)
    expect((await fetch(`${server.origin}${base}/file:content`)).status).toBe(401)
  })

  test('a form replaces it, DELETE empties its place', async () => {
    const made = (await nuxeo.document('old-way')).body.uid
    const form = new FormData()
    form.append('file', new Blob(['by form'], { type: 'text/plain' }), 'form.txt')
    const put = await fetch(`${server.origin}/nuxeo/api/v1/id/${made}/@blob/file:content`, {
      method: 'PUT',
      headers: { authorization: server.authorization },
      body: form,
    })
    expect(put.status).toBe(200)
    const path = `/id/${made}/@blob/file:content`
    const reply = await get({}, path)
    expect([reply.text, reply.headers.get('content-disposition')]).toEqual([
      'by form',
      'attachment; filename=form.txt',
    ])
    expect((await nuxeo.call('DELETE', path)).status).toBe(204)
    expect((await get({}, path)).status).toBe(404)
    expect((await nuxeo.call('DELETE', path)).status).toBe(404)
    expect((await nuxeo.call('PUT', path, 'no form')).status).toBe(400)
  })

  test('a blob outlives its batch, its upload and a restart', async () => {
    server = await server.restart()
    nuxeo = clientOf(server)
    expect((await get()).bytes.equals(bytes)).toBe(true)
  })
})
