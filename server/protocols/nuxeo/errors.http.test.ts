import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { blobOf, type Chunk, type Client, clientOf, type Reply, WORKSPACES } from './support.ts'

/** The contract's section 3, row by row, and input that nobody should send. */
describe('errors', () => {
  let server: TestServer
  let nuxeo: Client
  let batch: string
  beforeAll(async () => {
    server = await startServer()
    nuxeo = clientOf(server)
    batch = await nuxeo.batch()
  })
  afterAll(() => server.dispose())

  const expectException = (reply: Reply, status: number, message: RegExp = /./) => {
    expect(reply.body).toEqual({
      'entity-type': 'exception',
      status,
      message: expect.stringMatching(message),
    })
    expect(reply.status).toBe(status)
  }
  const expectNothing = async (index: number | string) => {
    expect((await nuxeo.call('GET', `/upload/${batch}/${index}`)).status).toBe(404)
  }

  test('an unknown batch comes before a wrong index', async () => {
    for (const id of [
      'batchId-x',
      'x',
      '..%2f..%2fetc%2fpasswd',
      'batchId-%00',
      '%zz',
      '%c0%af',
      `${batch}%20`,
    ]) {
      for (const index of ['0', 'a']) {
        const reply = await nuxeo.send(id, index, 'x')
        expect([reply.status, reply.text]).toEqual([404, ''])
      }
      expect((await nuxeo.call('GET', `/upload/${id}`)).status).toBe(404)
      expect((await nuxeo.call('DELETE', `/upload/${id}`)).status).toBe(404)
    }
  })

  test.each(['a', '-1', '1.5', '+1', '%20', '0x1', '1e3', '..%2f0', '%00', '٣', '0%00'])(
    'an index must be digits: %s',
    async (index) => {
      const reply = await nuxeo.send(batch, index, 'x')
      expect(reply.status).toBe(400)
      expect(reply.headers.get('content-type')?.toLowerCase()).toBe('text/plain; charset=utf-8')
      expect(reply.text).toBe('fileIdx request path parameter must be a number')
    },
  )

  test.each(['2147483648', '99999999999999999999999999'])('an index is an int32: %s', async (index) => {
    expectException(await nuxeo.send(batch, index, 'x'), 400, /fileIdx/)
    await expectNothing(index)
  })

  test.each([
    ['x-upload-chunk-index', undefined],
    ['x-upload-chunk-count', undefined],
    ['x-file-size', undefined],
    ['x-upload-chunk-index', 'a'],
    ['x-upload-chunk-index', '1.0'],
    ['x-upload-chunk-index', ''],
    ['x-upload-chunk-count', '2147483648'],
    ['x-upload-chunk-count', '1e2'],
    ['x-file-size', '9223372036854775808999'],
    ['x-file-size', '0x10'],
  ])('chunk headers must be numbers: %s %s', async (name, value) => {
    const given: Record<string, string> = {
      'x-upload-type': 'chunked',
      'x-upload-chunk-index': '0',
      'x-upload-chunk-count': '2',
      'x-file-size': '10',
    }
    if (value === undefined) delete given[name]
    else given[name] = value
    const reply = await nuxeo.send(batch, 1, 'x', given)
    expectException(reply, 400, /X-Upload-Chunk-Index, X-Upload-Chunk-Count and X-File-Size/)
    await expectNothing(1)
  })

  test('forms are refused, related parts are stored as they come', async () => {
    const form = { 'content-type': 'multipart/form-data; boundary=x' }
    expectException(await nuxeo.send(batch, 1, '--x--', form), 400, /multipart\/form-data/)
    expectException(
      await nuxeo.chunk(batch, 1, { at: 0, of: 1, bytes: 'x', headers: form }),
      400,
      /multipart\/form-data/,
    )
    await expectNothing(1)
    const related = { 'content-type': 'multipart/related; boundary=x' }
    expect((await nuxeo.send(batch, 1, '--x--', related)).status).toBe(201)
    await nuxeo.call('DELETE', `/upload/${batch}/1`)
  })

  test.each<[string, Partial<Chunk>]>([
    ['below 0', { at: -1 }],
    ['at the count', { at: 3 }],
    ['with a count of 0', { at: 0, of: 0 }],
    ['with a negative count', { at: 0, of: -2 }],
  ])('a chunk %s', async (_, chunk) => {
    const wrong = { at: 0, of: 3, bytes: 'x', ...chunk }
    expectException(await nuxeo.chunk(batch, 2, wrong), 400, /X-Upload-Chunk-/)
    await expectNothing(2)
    await nuxeo.chunk(batch, 3, { at: 1, of: 3, bytes: 'x' })
    expectException(await nuxeo.chunk(batch, 3, wrong), 400, /X-Upload-Chunk-/)
    expect((await nuxeo.call('GET', `/upload/${batch}/3`)).body.uploadedChunkIds).toEqual([1])
    await nuxeo.call('DELETE', `/upload/${batch}/3`)
  })

  test('a chunk sent again: alike is fine, another is a conflict, complete or not', async () => {
    const at = (number: number, bytes: string) => nuxeo.chunk(batch, 4, { at: number, of: 2, bytes, size: 4 })
    expect((await at(0, 'ab')).status).toBe(202)
    const again = await at(0, 'ab')
    expect([again.status, again.body.uploadedChunkIds]).toEqual([202, [0]])
    expectException(await at(0, 'xy'), 409, /chunk 0/i)
    expect((await at(1, 'cd')).status).toBe(201)
    const after = await at(0, 'ab')
    expect([after.status, after.body.uploadedChunkIds]).toEqual([201, [0, 1]])
    expectException(await at(1, 'xy'), 409)
    expectException(await at(1, 'c'), 409)
    const made = await nuxeo.document(
      'again',
      { 'file:content': blobOf(batch, '4') },
      { 'x-batch-no-drop': 'true' },
    )
    const blob = await nuxeo.call('GET', `/id/${made.body.uid}/@blob/file:content`)
    expect(blob.text).toBe('abcd')
  })

  test('a chunk for a file that came in one go', async () => {
    await nuxeo.send(batch, 5, 'whole')
    expectException(await nuxeo.chunk(batch, 5, { at: 0, of: 1, bytes: 'x' }), 400, /not uploaded in chunks/)
    expect((await nuxeo.call('GET', `/upload/${batch}/5`)).body.size).toBe(5)
  })

  test('the first chunk that is stored says what the file is', async () => {
    const headers = { 'x-file-name': 'first', 'x-file-type': 'text/first' }
    await nuxeo.chunk(batch, 6, { at: 1, of: 2, bytes: 'b', size: 50, headers })
    const other = { 'x-file-name': 'second', 'x-file-type': 'text/second' }
    expectException(await nuxeo.chunk(batch, 6, { at: 2, of: 9, bytes: 'c', headers: other }), 400)
    const last = await nuxeo.chunk(batch, 6, { at: 0, of: 9, bytes: 'a', size: 2, headers: other })
    expect(last.body).toMatchObject({ uploadedChunkIds: [0, 1], chunkCount: 2 })
    const { body } = await nuxeo.call('GET', `/upload/${batch}/6`)
    expect(body).toMatchObject({ name: 'first', size: 50, chunkCount: 2 })
    const made = await nuxeo.document(
      'sum',
      { 'file:content': blobOf(batch, '6') },
      { 'x-batch-no-drop': 'true' },
    )
    expect(made.body.properties['file:content']).toMatchObject({ length: '2', 'mime-type': 'text/first' })
    const { body: own } = await nuxeo.call('GET', `${server.origin}/api/slipway/v1/sessions?limit=100`)
    const session = own.sessions.find(({ fileName }: { fileName: string }) => fileName === 'first')
    expect(session).toMatchObject({ protocol: 'nuxeo', status: 'COMPLETED', size: 2 })
    expect(session.warning).toMatch(/50 bytes were declared, but 2/)
  })

  test('a wrong size of a file in one go is noted too', async () => {
    const headers = { 'x-file-name': 'noted', 'x-file-size': '7' }
    expect((await nuxeo.send(batch, 7, 'hello', headers)).body.uploadedSize).toBe('5')
    const { body } = await nuxeo.call('GET', `${server.origin}/api/slipway/v1/sessions?limit=100`)
    const session = body.sessions.find(({ fileName }: { fileName: string }) => fileName === 'noted')
    expect(session.warning).toMatch(/7 bytes were declared, but 5/)
    expect(session.size).toBe(5)
  })

  test('upload types: exactly `chunked` is chunked', async () => {
    for (const type of ['Chunked', 'foo', 'chunked2']) {
      const reply = await nuxeo.send(batch, 8, 'abc', { 'x-upload-type': type, 'x-upload-chunk-index': 'z' })
      expect([reply.status, reply.body.uploadType]).toEqual([201, 'normal'])
    }
  })

  test('documents: what is missing or wrong is named, and changes nothing', async () => {
    const post = (body: object | string) =>
      nuxeo.call('POST', WORKSPACES, body, { 'content-type': 'application/json' })
    const document = { 'entity-type': 'document', type: 'File', name: 'wrong' }
    expectException(await post('{'), 400, /JSON/)
    expectException(await post('[]'), 400)
    expectException(await post({ type: 'File' }), 400, /type or name property is missing/)
    expectException(await post({ name: 'x' }), 400, /type or name property is missing/)
    expectException(await post({ ...document, name: '   ' }), 400, /type or name property is missing/)
    expectException(await post({ ...document, type: 'Picture' }), 400, /Picture/)
    expectException(await post({ ...document, type: 'constructor' }), 400)
    expectException(await post({ ...document, 'entity-type': 'user' }), 400, /entity-type/)
    const wrong = [{ 'dc:title': {} }, { 'dc:title': 5 }, { 'dc:subjects': 'x' }, { 'file:content': 'x' }]
    for (const properties of [
      ...wrong,
      { 'files:files': {} },
      { 'files:files': ['x'] },
      { 'file:content': [] },
    ])
      expectException(await post({ ...document, properties }), 400, /property|dc:/)
    expectException(await nuxeo.call('POST', '/path/nowhere', document), 404)
    expectException(await nuxeo.call('POST', '/id/nowhere', document), 404)
    expectException(await nuxeo.call('GET', '/path/default-domain/..%2f..'), 404)
    expectException(await nuxeo.call('GET', `${WORKSPACES}/wrong`), 404)
  })

  test('a body that breaks off leaves nothing, and the file before it stays', async () => {
    await nuxeo.send(batch, 20, 'before')
    const bytes = randomBytes(200_000)
    const chunked = { 'x-upload-type': 'chunked', 'x-upload-chunk-index': '0', 'x-upload-chunk-count': '2' }
    await cut(server, `/nuxeo/api/v1/upload/${batch}/20`, bytes, {})
    await cut(server, `/nuxeo/api/v1/upload/${batch}/21`, bytes, { ...chunked, 'x-file-size': '400000' })
    await expect.poll(async () => (await nuxeo.call('GET', `/upload/${batch}/20`)).body.size).toBe(6)
    await expectNothing(21)
  })
})

/** Sends half of what it announces and goes away. */
const cut = (
  server: TestServer,
  path: string,
  bytes: Buffer,
  headers: Record<string, string>,
): Promise<void> =>
  new Promise((resolve) => {
    const sending = request(server.origin + path, {
      method: 'POST',
      headers: { authorization: server.authorization, 'content-length': String(bytes.length), ...headers },
    })
    sending.once('error', () => resolve())
    sending.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(() => sending.destroy(), 100))
    sending.once('close', () => resolve())
  })
