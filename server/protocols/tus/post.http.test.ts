import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { base64, metadata, PATCH_TYPE, sha256, tusClient } from './support.ts'

describe('tus POST', () => {
  let server: TestServer
  let client: ReturnType<typeof tusClient>
  beforeAll(async () => {
    server = await startServer()
    client = tusClient(server)
  })
  afterAll(() => server.dispose())

  test('creates an upload at a URL of this server, on /files and /files/ alike', async () => {
    for (const path of ['/files', '/files/']) {
      const reply = await client.tus('POST', path, { headers: { 'upload-length': '11' } })
      expect(reply.status).toBe(201)
      expect(reply.headers.location).toMatch(/^\/files\/[0-9a-f-]{36}$/)
      expect(reply.headers['tus-resumable']).toBe('1.0.0')
      expect(Date.parse(reply.headers['upload-expires'] as string)).toBeGreaterThan(Date.now())
    }
  })

  test('takes bytes with the creation', async () => {
    const bytes = randomBytes(100_000)
    const reply = await client.tus('POST', '/files', {
      headers: { 'upload-length': '100000', ...PATCH_TYPE },
      body: bytes,
    })
    expect(reply).toMatchObject({ status: 201, headers: { 'upload-offset': '100000' } })
    expect(reply.headers['upload-expires']).toBeUndefined()
    const got = await client.ask('GET', String(reply.headers.location))
    expect(sha256(got.body)).toBe(sha256(bytes))
  })

  test('takes the first bytes with the creation, in pieces of unknown length too', async () => {
    const headers = { 'upload-length': '10', ...PATCH_TYPE }
    const reply = await client.tus('POST', '/files', { headers, body: 'first', chunked: true })
    expect(reply).toMatchObject({ status: 201, headers: { 'upload-offset': '5' } })
    expect(await client.head(String(reply.headers.location))).toMatchObject({
      headers: { 'upload-offset': '5' },
    })
  })

  test('an upload of no bytes is complete at once', async () => {
    for (const headers of [{}, PATCH_TYPE] as Record<string, string>[]) {
      const reply = await client.tus('POST', '/files', { headers: { 'upload-length': '0', ...headers } })
      expect(reply.status).toBe(201)
      const url = String(reply.headers.location)
      expect(await client.head(url)).toMatchObject({
        headers: { 'upload-offset': '0', 'upload-length': '0' },
      })
      expect(await client.ask('GET', url)).toMatchObject({ status: 200, text: '' })
    }
  })

  test('bytes of another type, or of none, are 415; without bytes the type does not matter', async () => {
    for (const type of ['text/plain', undefined]) {
      const headers: Record<string, string> = { 'upload-length': '5', ...(type && { 'content-type': type }) }
      expect((await client.tus('POST', '/files', { headers, body: 'hello' })).status).toBe(415)
      expect((await client.tus('POST', '/files', { headers })).status).toBe(201)
    }
  })

  test.each([
    ['no length', {}, 400],
    ['both lengths', { 'upload-length': '5', 'upload-defer-length': '1' }, 400],
    ['another deferral', { 'upload-defer-length': '2' }, 400],
    ['a negative length', { 'upload-length': '-1' }, 400],
    ['no number', { 'upload-length': 'five' }, 400],
    ['a fraction', { 'upload-length': '1.5' }, 400],
    ['an exponent', { 'upload-length': '1e3' }, 400],
    ['two lengths', { 'upload-length': '5, 5' }, 400],
    ['more than an integer holds', { 'upload-length': '9'.repeat(30) }, 413],
    ['more than the server takes', { 'upload-length': String(2 ** 41) }, 413],
    ['a malformed offset', { 'upload-length': '5', 'upload-offset': 'x' }, 400],
    ['a malformed concatenation', { 'upload-length': '5', 'upload-concat': 'whole' }, 400],
    ['headers of both protocols', { 'upload-length': '5', 'upload-complete': '?1' }, 400],
  ])('%s is refused with one plain sentence', async (_, headers: Record<string, string>, status) => {
    const reply = await client.tus('POST', '/files', { headers })
    expect(reply.status).toBe(status)
    expect(reply.text).toMatch(/^[^\n]{10,}\n$/)
    expect(reply.headers['content-type']).toMatch(/^text\/plain/)
  })

  test('more bytes than declared are refused, and leave nothing', async () => {
    const headers = { 'upload-length': '4', ...PATCH_TYPE }
    for (const chunked of [false, true]) {
      const reply = await client.tus('POST', '/files', { headers, body: 'hello', chunked })
      expect(reply.status).toBe(413)
      expect(reply.headers.location).toBeUndefined()
    }
  })

  test('a version that is not spoken here is 412, with the one that is', async () => {
    const headers = { 'upload-length': '5' }
    for (const more of [{ 'tus-resumable': '0.2.2' }, {}] as Record<string, string>[]) {
      const reply = await client.ask('POST', '/files', { headers: { ...headers, ...more } })
      expect(reply).toMatchObject({ status: 412, headers: { 'tus-version': '1.0.0' } })
    }
  })

  test('nobody uploads without a credential, and a page elsewhere can read why', async () => {
    const reply = await client.tus('POST', '/files', { headers: { 'upload-length': '5' }, as: null })
    expect(reply.status).toBe(401)
    expect(reply.headers['www-authenticate']).toBeDefined()
    expect(reply.headers['access-control-allow-origin']).toBe('*')
    expect(reply.headers['access-control-expose-headers']).toContain('Upload-Offset')
  })

  test('metadata is kept as sent and names the file', async () => {
    const values = { filename: 'Übersicht (2).pdf', filetype: 'application/pdf', note: 'x' }
    const sent = { 'upload-metadata': `${metadata(values)['upload-metadata']},flag` }
    const url = await client.create(0, sent)
    expect((await client.head(url)).headers['upload-metadata']).toBe(sent['upload-metadata'])
    const got = await client.ask('GET', url)
    expect(got.headers['content-type']).toBe('application/pdf')
    expect(got.headers['content-disposition']).toContain("filename*=UTF-8''%C3%9Cbersicht%20%282%29.pdf")
  })

  test('the names of Uppy and tus-js-client count alike', async () => {
    const url = await client.create(0, metadata({ name: 'a.txt', type: 'text/plain' }))
    const got = await client.ask('GET', url)
    expect(got.headers['content-type']).toBe('text/plain')
    expect(got.headers['content-disposition']).toContain('a.txt')
  })

  test.each([
    '../../etc/passwd',
    'a/b\\c.txt',
    '..',
    'quo"te\'s;.txt',
    '\u202Egnp.exe',
    'bell\u0007.txt',
    'new\r\nSet-Cookie: x=y',
  ])('%j is a name, never a path or a header', async (filename) => {
    const url = await client.create(3, metadata({ filename }))
    expect(url).toMatch(/^\/files\/[0-9a-f-]{36}$/)
    await client.patch(url, 0, 'abc')
    const got = await client.ask('GET', url)
    expect(got).toMatchObject({ status: 200, text: 'abc' })
    expect(got.headers['set-cookie']).toBeUndefined()
    expect(got.headers['content-disposition']).toBeDefined()
  })

  test.each([
    ['a name of 10,000 characters', metadata({ filename: 'x'.repeat(10_000) }), 'filename'],
    ['a digest of another length', metadata({ sha256: 'abc' }), 'sha256'],
    ['a location that is none', metadata({ location: 'Attachment' }), 'location'],
    ['a table without a record', metadata({ table: 'C_Order' }), 'record'],
    ['a record without a table', metadata({ record: '1' }), 'table'],
    ['a table that is none', metadata({ table: 'C_None', record: '1' }), 'table'],
    ['a record that is none', metadata({ table: 'C_Order', record: '99999' }), 'record'],
    ['a type that is none', metadata({ filetype: 'text' }), 'filetype'],
    ['a value that is not Base64', { 'upload-metadata': 'filename ###' }, 'filename'],
    ['a value that is not UTF-8', { 'upload-metadata': 'filename gICA' }, 'filename'],
    ['a key twice', { 'upload-metadata': `a ${base64('1')},a ${base64('2')}` }, 'a'],
    ['an empty key', { 'upload-metadata': `,a ${base64('1')}` }, 'key'],
    ['a pair of three', { 'upload-metadata': `a ${base64('1')} ${base64('2')}` }, 'a'],
  ])('%s is 400 and says which', async (_, headers: Record<string, string>, named) => {
    const reply = await client.tus('POST', '/files', { headers: { 'upload-length': '5', ...headers } })
    expect(reply.status).toBe(400)
    expect(reply.text).toContain(named)
  })
})
