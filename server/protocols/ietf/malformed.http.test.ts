import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { append, ask, create, digest, head, path, problem } from './support.ts'

const INTEGERS = ['', 'x', '-1', '1.0', '1e3', '0x10', '"1"', '?1', '1, 2', '1 2', '9999999999999999', '(1)']
const BOOLEANS = ['', 'true', '1', '?2', '?1, ?0', '"?1"', '??1', '?1 ?0']
const DIGESTS = [
  'sha-256',
  'sha-256=abc',
  'sha-256="abc"',
  'sha-256=:AAAA:',
  'sha-512=:AAAA:',
  'sha-256=:not base64!:',
  'sha-256=:AAAA',
  '=:AAAA:',
  'SHA-256=:AAAA:',
]
const each = (name: string, values: readonly string[]): [string, string][] =>
  values.map((value) => [name, value])

describe('malformed requests', () => {
  let server: TestServer
  let upload: string
  beforeAll(async () => {
    server = await startServer()
    upload = path(await create(server, { body: Buffer.from('12345'), headers: { 'upload-length': '20' } }))
  })
  afterAll(() => server.dispose())

  test.each([
    ...each('Upload-Complete', BOOLEANS),
    ...each('Upload-Length', INTEGERS),
    ...each('Upload-Draft-Interop-Version', INTEGERS),
    ...each('Content-Digest', DIGESTS),
    ...each('Repr-Digest', DIGESTS),
    ...each('Want-Repr-Digest', [
      'sha-256=11',
      'sha-256=-1',
      'sha-256=:AAAA:',
      'sha-256',
      'x=',
      'sha-512=1.5',
    ]),
    ...each('Content-Disposition', [
      '',
      '"x"',
      ';',
      'inline; filename=a b',
      'inline; filename="a',
      "inline; filename*=UTF-8''%zz",
    ]),
    ...each('Content-Type', ['text', '/', 'a b/c']),
    ...each('Upload-Metadata', ['a b c', 'filename !!!!', 'a YQ==,a YQ==']),
    ...each('Upload-Defer-Length', ['0', 'x']),
    ...each('Upload-Offset', ['0', 'x']),
    ...each('Upload-Incomplete', ['?0', '?1']),
  ])('a creation with %s: %s is refused, and begins nothing', async (name, value) => {
    const reply = await create(server, { headers: { [name.toLowerCase()]: value }, body: Buffer.from('x') })
    expect(reply.status).toBe(400)
    expect(reply.headers).toMatchObject({ 'upload-offset': '0', 'upload-complete': '?0' })
    expect(reply.headers['content-type']).toBe('application/problem+json')
    expect(problem(reply)).toMatchObject({ status: 400 })
    expect(String(problem(reply).detail)).toMatch(new RegExp(name, 'i'))
    expect(reply.headers.location).toBeUndefined()
    expect(reply.interim).toEqual([])
  })

  test.each([
    ...each('Upload-Complete', BOOLEANS),
    ...each('Upload-Offset', INTEGERS),
    ...each('Upload-Length', INTEGERS),
    ...each('Upload-Draft-Interop-Version', INTEGERS),
    ...each('Content-Digest', DIGESTS),
    ...each('Repr-Digest', DIGESTS),
    ...each('Upload-Incomplete', ['?0', '?1']),
    ...each('Trailer', ['Repr-Digest']),
  ])('an append with %s: %s is refused, and changes nothing', async (name, value) => {
    const body = name === 'Trailer' ? [Buffer.from('6')] : Buffer.from('6')
    const reply = await append(server, upload, 5, body, { headers: { [name.toLowerCase()]: value } })
    expect(reply.status).toBe(400)
    expect(reply.headers['content-type']).toBe('application/problem+json')
    expect(reply.headers['upload-offset']).toBe('5')
    expect((await head(server, upload)).headers['upload-offset']).toBe('5')
  })

  test.each(['upload-offset', 'upload-complete'])('an append without %s is refused', async (name) => {
    const headers: Record<string, string> = { 'content-type': 'application/partial-upload' }
    if (name !== 'upload-offset') headers['upload-offset'] = '5'
    if (name !== 'upload-complete') headers['upload-complete'] = '?0'
    const reply = await ask(server, upload, { method: 'PATCH', version: 8, headers, body: Buffer.from('6') })
    expect([reply.status, reply.headers['upload-offset']]).toEqual([400, '5'])
    expect(String(problem(reply).detail)).toMatch(new RegExp(name, 'i'))
  })

  test.each([
    ['tus-resumable', '1.0.0'],
    ['upload-checksum', 'sha1 AAAA'],
    ['upload-concat', 'partial'],
  ])('fields of both protocols are refused: %s', async (name, value) => {
    const begun = await create(server, { headers: { [name]: value, 'upload-length': '5' } })
    expect([begun.status, begun.headers.location]).toEqual([400, undefined])
    const added = await append(server, upload, 5, Buffer.from('6'), { headers: { [name]: value } })
    expect(added.status).toBe(400)
    expect((await head(server, upload)).headers['upload-offset']).toBe('5')
  })

  test('fields that this server does not know are ignored', async () => {
    const headers = {
      'upload-complete': '?1;reason=x',
      incremental: '?1',
      'upload-foo': '?',
      'repr-digest': 'md5=1',
    }
    const reply = await create(server, { headers, body: Buffer.from('x') })
    expect(reply.status).toBe(201)
  })

  test.each([
    { table: 'C_Nothing', record: '1' },
    { table: 'C_Order', record: '999999' },
    { table: 'C_Order' },
    { location: 'archive' },
    { sha256: 'abc' },
  ])('Upload-Metadata that cannot be followed is refused: %j', async (metadata) => {
    const pairs = Object.entries(metadata).map(
      ([key, text]) => `${key} ${Buffer.from(text).toString('base64')}`,
    )
    const reply = await create(server, { headers: { 'upload-metadata': pairs.join(',') } })
    expect([reply.status, reply.headers.location]).toEqual([400, undefined])
    expect(reply.headers['content-type']).toBe('application/problem+json')
  })

  test('other methods are not allowed', async () => {
    for (const [method, target] of [
      ['PUT', upload],
      ['POST', upload],
      ['PATCH', '/files'],
      ['DELETE', '/files'],
    ] as const) {
      const reply = await ask(server, target, { method, headers: { 'upload-complete': '?1' } })
      expect(reply.status).toBe(405)
      expect(reply.headers.allow).toBeDefined()
    }
  })

  test('a creation that names no protocol is refused', async () => {
    const reply = await ask(server, '/files', { method: 'POST', body: Buffer.from('x') })
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect(reply.body.toString()).toMatch(/Upload-Complete/)
  })
})

describe('in strict mode', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ SLIPWAY_STRICT: 'ietf' })
  })
  afterAll(() => server.dispose())

  test('a field with another value is as if it were absent', async () => {
    const reply = await create(server, {
      headers: { 'upload-length': 'x', 'content-digest': '=', 'upload-draft-interop-version': '"8"' },
      body: Buffer.from('12345'),
    })
    expect(reply.status).toBe(201)
    expect(reply.interim).toEqual([])
    expect((await head(server, path(reply))).headers['upload-length']).toBeUndefined()
    const last = { 'upload-complete': 'yes' }
    expect((await append(server, path(reply), 5, Buffer.from('6'), { headers: last })).status).toBe(400)
  })

  test('bytes behind the length end the upload', async () => {
    const upload = path(await create(server, { headers: { 'upload-length': '5' } }))
    const reply = await append(server, upload, 0, Buffer.from('123456'), {
      headers: { 'content-digest': digest('sha-256', Buffer.from('123456')) },
    })
    expect(reply.status).toBe(400)
    expect((await head(server, upload)).status).toBe(410)
  })
})
