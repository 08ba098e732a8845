import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { type Client, clientOf, md5, type Reply } from './support.ts'

const JSON_TYPE = 'application/json; charset=UTF-8'
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
const NOWHERE = 'batchId-00000000-0000-4000-8000-000000000000'

/** The contract's section 1, row by row. */
describe('endpoints', () => {
  let server: TestServer
  let nuxeo: Client
  beforeAll(async () => {
    server = await startServer()
    nuxeo = clientOf(server)
  })
  afterAll(() => server.dispose())

  const expectJSON = (reply: Reply, status: number, body: unknown) => {
    expect(reply.status).toBe(status)
    expect(reply.headers.get('content-type')).toBe(JSON_TYPE)
    expect(reply.headers.get('content-length')).toBe(String(reply.bytes.length))
    expect(reply.body).toEqual(body)
  }
  const expectEmpty = (reply: Reply, status: number) => {
    expect([reply.status, reply.text, reply.headers.get('content-type')]).toEqual([status, '', null])
  }
  const expectException = (reply: Reply, status: number, message: RegExp = /./) => {
    expect(reply.status).toBe(status)
    expect(reply.headers.get('content-type')).toBe('application/json')
    expect(reply.body).toEqual({
      'entity-type': 'exception',
      status,
      message: expect.stringMatching(message),
    })
  }

  test.each(['/upload', '/upload/', '/nuxeo/site/api/v1/upload', '/nuxeo/api/upload/'])(
    '1: POST %s',
    async (path) => {
      const reply = await nuxeo.call('POST', path, '', { 'content-type': 'application/json' })
      expectJSON(reply, 201, { batchId: expect.stringMatching(new RegExp(`^batchId-${UUID}$`)) })
    },
  )

  test('1: needs a credential', async () => {
    const plain = await fetch(`${server.origin}/nuxeo/api/v1/upload`, { method: 'POST' })
    expect(plain.status).toBe(401)
    expect(plain.headers.get('www-authenticate')).toBe('Basic realm="Nuxeo Automation"')
    const silent: Record<string, string>[] = [
      { 'x-no-basic-header': 'true' },
      { 'x-authentication-token': 'wrong' },
      { cookie: 'JSESSIONID=1' },
    ]
    for (const headers of silent) {
      const reply = await fetch(`${server.origin}/nuxeo/api/v1/upload`, { method: 'POST', headers })
      expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([401, null])
    }
    const wrong = await clientOf(server, 'Basic YWRtaW46d3Jvbmc=').call('POST', '/upload')
    expectException(wrong, 401)
  })

  test('2: POST /upload/new/{handler}', async () => {
    const batchId = expect.stringMatching(new RegExp(`^batchId-${UUID}$`))
    const reply = await nuxeo.call('POST', '/upload/new/default')
    expectJSON(reply, 200, { provider: 'default', fileEntries: [], batchId })
    expectException(await nuxeo.call('POST', '/upload/new/s3'), 400, /Batch handler does not exist: s3/)
  })

  test('3, 4: GET /upload/handlers, GET /upload/handlers/{name}', async () => {
    expectJSON(await nuxeo.call('GET', '/upload/handlers'), 200, { handlers: [{ name: 'default' }] })
    expectJSON(await nuxeo.call('GET', '/upload/handlers/default'), 200, { name: 'default' })
    expectEmpty(await nuxeo.call('GET', '/upload/handlers/s3'), 404)
  })

  test('5: POST /upload/{batchId}/{fileIdx}, in one go', async () => {
    const batchId = await nuxeo.batch()
    const a = { uploaded: 'true', batchId, uploadType: 'normal' }
    expectJSON(await nuxeo.send(batchId, 0, 'hello'), 201, { ...a, fileIdx: '0', uploadedSize: '5' })
    expectJSON(await nuxeo.send(batchId, 1, ''), 201, { ...a, fileIdx: '1', uploadedSize: '0' })
    const alone = await fetch(`${server.origin}/nuxeo/api/v1/upload/${batchId}/002`, {
      method: 'POST',
      headers: { authorization: server.authorization },
      body: new Blob(['streamed']).stream(),
      duplex: 'half',
    } as RequestInit)
    expect([alone.status, await alone.json()]).toEqual([201, { ...a, fileIdx: '002', uploadedSize: '-1' }])
    const infos = (await nuxeo.call('GET', `/upload/${batchId}`)).body
    expect(infos.map(({ size }: { size: number }) => size)).toEqual([5, 0, 8])
  })

  test('5: a new file takes the place of the old one', async () => {
    const batchId = await nuxeo.batch()
    await nuxeo.send(batchId, 0, 'old', { 'x-file-name': 'old' })
    await nuxeo.chunk(batchId, 1, { at: 0, of: 2, bytes: 'x' })
    expect((await nuxeo.send(batchId, 0, 'newer', { 'x-file-name': 'new' })).status).toBe(201)
    expect((await nuxeo.send(batchId, 1, 'whole')).status).toBe(201)
    expectJSON(await nuxeo.call('GET', `/upload/${batchId}`), 200, [
      { name: 'new', size: 5, uploadType: 'normal' },
      { name: null, size: 5, uploadType: 'normal' },
    ])
  })

  test('6: the same in chunks', async () => {
    const batchId = await nuxeo.batch()
    const b = { uploaded: 'true', batchId, fileIdx: '7', uploadType: 'chunked', chunkCount: 3 }
    const first = await nuxeo.chunk(batchId, 7, { at: 2, of: 3, bytes: 'c', size: 6 })
    expectJSON(first, 202, { ...b, uploadedSize: '1', uploadedChunkIds: [2] })
    const second = await nuxeo.chunk(batchId, 7, { at: 0, of: 3, bytes: 'aaa', size: 6 })
    expectJSON(second, 202, { ...b, uploadedSize: '3', uploadedChunkIds: [0, 2] })
    expectJSON(await nuxeo.call('GET', `/upload/${batchId}/7`), 202, {
      name: null,
      size: 6,
      uploadType: 'chunked',
      uploadedChunkIds: [0, 2],
      chunkCount: 3,
    })
    const last = await nuxeo.chunk(batchId, 7, { at: 1, of: 3, bytes: 'bb', size: 6 })
    expectJSON(last, 201, { ...b, uploadedSize: '2', uploadedChunkIds: [0, 1, 2] })
    expect((await nuxeo.call('GET', `/upload/${batchId}/7`)).status).toBe(200)
  })

  test('7: GET /upload/{batchId}, by numeric index', async () => {
    const batchId = await nuxeo.batch()
    expectEmpty(await nuxeo.call('GET', `/upload/${batchId}`), 204)
    for (const index of [10, 9, 2147483647, 0])
      await nuxeo.send(batchId, index, 'x', { 'x-file-name': `${index}` })
    const { body } = await nuxeo.call('GET', `/upload/${batchId}`)
    expect(body.map(({ name }: { name: string }) => name)).toEqual(['0', '9', '10', '2147483647'])
    expectEmpty(await nuxeo.call('GET', `/upload/${NOWHERE}`), 404)
  })

  test('8: GET /upload/{batchId}/{fileIdx}', async () => {
    const batchId = await nuxeo.batch()
    await nuxeo.send(batchId, 0, 'hello', { 'x-file-name': 'a.txt' })
    const info = { name: 'a.txt', size: 5, uploadType: 'normal' }
    expectJSON(await nuxeo.call('GET', `/upload/${batchId}/0`), 200, info)
    const head = await nuxeo.call('HEAD', `/upload/${batchId}/0`)
    expect([head.status, head.text]).toEqual([200, ''])
    expectJSON(await nuxeo.call('GET', `/nuxeo/api/upload/${batchId}/0`), 200, info)
    for (const index of ['1', '-1', 'a', '99999999999999999999', '0.5'])
      expectEmpty(await nuxeo.call('GET', `/upload/${batchId}/${index}`), 404)
    expectEmpty(await nuxeo.call('GET', `/upload/${NOWHERE}/0`), 404)
  })

  test('9: GET /upload/{batchId}/info', async () => {
    const batchId = await nuxeo.batch()
    const info = { provider: 'default', batchId }
    expectJSON(await nuxeo.call('GET', `/upload/${batchId}/info`), 200, { ...info, fileEntries: [] })
    await nuxeo.send(batchId, 3, 'abc')
    const fileEntries = [{ name: null, size: 3, uploadType: 'normal' }]
    expectJSON(await nuxeo.call('GET', `/upload/${batchId}/info`), 200, { ...info, fileEntries })
    expectEmpty(await nuxeo.call('GET', `/upload/${NOWHERE}/info`), 404)
  })

  test('10, 11: DELETE of a file, of a batch', async () => {
    const batchId = await nuxeo.batch()
    await nuxeo.send(batchId, 0, 'a')
    await nuxeo.chunk(batchId, 1, { at: 0, of: 2, bytes: 'x' })
    for (const index of [0, 1]) {
      expectEmpty(await nuxeo.call('DELETE', `/upload/${batchId}/${index}`), 204)
      expectEmpty(await nuxeo.call('DELETE', `/upload/${batchId}/${index}`), 404)
    }
    expectEmpty(await nuxeo.call('DELETE', `/upload/${batchId}/5`), 404)
    expectEmpty(await nuxeo.call('GET', `/upload/${batchId}`), 204)
    await nuxeo.send(batchId, 0, 'again')
    expectEmpty(await nuxeo.call('DELETE', `/upload/${batchId}`), 204)
    for (const method of ['GET', 'DELETE']) expectEmpty(await nuxeo.call(method, `/upload/${batchId}`), 404)
    expectEmpty(await nuxeo.send(batchId, 0, 'late'), 404)
    expectEmpty(await nuxeo.call('DELETE', `/upload/${NOWHERE}/0`), 404)
  })

  test('12, 13: execute needs a batch, a complete file and an operation', async () => {
    const attach = { params: { document: '/default-domain' }, context: {} }
    const at = (batch: string, rest: string) => nuxeo.call('POST', `/upload/${batch}/${rest}`, attach)
    expectEmpty(await at(NOWHERE, 'execute/Blob.AttachOnDocument'), 404)
    expectEmpty(await at(NOWHERE, '0/execute/Blob.AttachOnDocument'), 404)
    const batchId = await nuxeo.batch()
    await nuxeo.chunk(batchId, 1, { at: 0, of: 2, bytes: 'x' })
    for (const index of [0, 1])
      expectException(await at(batchId, `${index}/execute/Blob.AttachOnDocument`), 404, /no complete file/)
    expectException(await at(batchId, '1/execute/Nothing'), 404, /no such operation/)
    await nuxeo.send(batchId, 0, 'x')
    expectException(await at(batchId, '0/execute/Blob.AttachOnDocument'), 400, /holds no blob/)
    const nowhere = { params: { document: '/default-domain/nowhere' } }
    const missing = await nuxeo.call('POST', `/upload/${batchId}/0/execute/Blob.AttachOnDocument`, nowhere)
    expectException(missing, 404)
    expect((await nuxeo.call('GET', `/upload/${batchId}/0`)).status).toBe(200)
  })

  test('14: POST /upload/{batchId}/{fileIdx}/complete', async () => {
    const batchId = await nuxeo.batch()
    await nuxeo.send(batchId, 0, 'hello', { 'x-file-type': 'text/plain' })
    const right = { fileSize: 5, mimeType: 'text/plain', md5: md5('hello') }
    const complete = (said: object, batch = batchId) =>
      nuxeo.call('POST', `/upload/${batch}/0/complete`, said)
    expectJSON(await complete(right), 200, { uploaded: 'true', batchId, fileIdx: '0' })
    expectEmpty(await complete({ ...right, fileSize: 6 }), 409)
    expectEmpty(await complete({ ...right, mimeType: 'text/html' }), 409)
    expectEmpty(await complete({ ...right, md5: md5('other') }), 409)
    expectEmpty(await complete(right, NOWHERE), 404)
  })

  test('15: POST /upload/{batchId}/refreshToken', async () => {
    expectEmpty(await nuxeo.call('POST', `/upload/${await nuxeo.batch()}/refreshToken`), 501)
    expectEmpty(await nuxeo.call('POST', `/upload/${NOWHERE}/refreshToken`), 404)
  })

  test('a batch belongs to its user, and readers do not write', async () => {
    const [bob, reader] = [
      clientOf(server, await addUser(server, 'bob')),
      clientOf(server, await addUser(server, 'rita', ['reader'])),
    ]
    const batchId = await nuxeo.batch()
    await nuxeo.send(batchId, 0, 'mine')
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/0'],
      ['GET', '/info'],
      ['DELETE', ''],
      ['DELETE', '/0'],
      ['POST', '/0'],
    ] as const)
      expectEmpty(await bob.call(method, `/upload/${batchId}${path}`), 404)
    expectException(await reader.call('POST', '/upload'), 403)
    expectException(await reader.document('x'), 403)
    expect((await reader.call('GET', '/path/')).status).toBe(200)
    expect((await nuxeo.call('GET', `/upload/${batchId}/0`)).body.size).toBe(4)
  })

  test('what is not there, or not with that method, says so', async () => {
    expectException(await nuxeo.call('GET', '/nothing'), 404)
    expectException(await nuxeo.call('GET', '/nuxeo'), 404)
    const put = await nuxeo.call('PUT', '/upload')
    expectException(put, 405)
    expect(put.headers.get('allow')).toBe('POST')
  })

  test('log-in, user and repository', async () => {
    const login = await nuxeo.call('POST', '/automation/login')
    expect(login.body).toMatchObject({ 'entity-type': 'login', username: 'admin', isAdministrator: true })
    expect((await nuxeo.call('POST', '/automation/Log', { params: {} })).status).toBe(204)
    const user = await nuxeo.call('GET', '/user/admin')
    expect(user.body).toMatchObject({ 'entity-type': 'user', id: 'admin', properties: { username: 'admin' } })
    expectException(await nuxeo.call('GET', '/user/nobody'), 404)
    expect((await nuxeo.call('GET', '/nuxeo/json/cmis')).body.default.productVersion).toBe('2023.0')
    const query = 'applicationName=a&deviceId=d&deviceDescription=x&permission=rw'
    const issued = await nuxeo.call('GET', `/nuxeo/authentication/token?${query}`)
    expect(issued.status).toBe(201)
    const token = issued.text
    const with_ = (path: string, headers: Record<string, string>) =>
      fetch(`${server.origin}/nuxeo/api/v1${path}`, { method: 'POST', headers })
    expect((await with_('/upload', { 'x-authentication-token': token })).status).toBe(201)
    expect((await with_('/upload', { authorization: `Bearer ${token}` })).status).toBe(201)
    expect((await with_(`/upload?token=${token}`, {})).status).toBe(201)
    expect((await with_('/upload?token=wrong', {})).status).toBe(401)
    expectException(await nuxeo.call('GET', '/nuxeo/authentication/token?deviceId=d'), 400, /applicationName/)
  })
})
