import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { blobOf, type Client, clientOf, type Reply } from './support.ts'

const HIDDEN = { 'entity-type': 'exception', status: 500, message: 'Internal Server Error' }

/** `SLIPWAY_STRICT=nuxeo`: the places where the original is stranger than we are. */
describe('strict', () => {
  let server: TestServer
  let nuxeo: Client
  let batch: string
  beforeAll(async () => {
    server = await startServer({ SLIPWAY_STRICT: 'nuxeo' })
    nuxeo = clientOf(server)
  })
  afterAll(() => server.dispose())

  const expectHidden = (reply: Reply) => expect([reply.status, reply.body]).toEqual([500, HIDDEN])

  test('chunks that cannot be are a 500, and change nothing', async () => {
    batch = await nuxeo.batch()
    for (const wrong of [{ at: -1 }, { at: 3 }, { of: 0 }])
      expectHidden(await nuxeo.chunk(batch, 0, { at: 0, of: 3, bytes: 'x', ...wrong }))
    expect((await nuxeo.call('GET', `/upload/${batch}/0`)).status).toBe(404)
    expect((await nuxeo.chunk(batch, 0, { at: 0, of: 2, bytes: 'a' })).status).toBe(202)
    expectHidden(await nuxeo.chunk(batch, 0, { at: 0, of: 2, bytes: 'a' }))
    expectHidden(await nuxeo.chunk(batch, 0, { at: 0, of: 2, bytes: 'b' }))
    expect((await nuxeo.chunk(batch, 0, { at: 1, of: 0, bytes: 'b' })).status).toBe(201)
    expectHidden(await nuxeo.chunk(batch, 0, { at: 1, of: 2, bytes: 'b' }))
    await nuxeo.send(batch, 1, 'whole')
    expectHidden(await nuxeo.chunk(batch, 1, { at: 0, of: 1, bytes: 'b' }))
  })

  test('an index beyond int32 uploads, and breaks the list', async () => {
    batch = await nuxeo.batch()
    expect((await nuxeo.send(batch, '2147483648', 'x')).status).toBe(201)
    expectHidden(await nuxeo.call('GET', `/upload/${batch}`))
  })

  test('whoever knows a batch may use it', async () => {
    batch = await nuxeo.batch()
    await nuxeo.chunk(batch, 0, { at: 0, of: 2, bytes: 'a' })
    const bob = clientOf(server, await addUser(server, 'bob'))
    expect((await bob.chunk(batch, 0, { at: 1, of: 2, bytes: 'b' })).status).toBe(201)
    expect((await bob.send(batch, 1, 'x')).status).toBe(201)
    expect((await nuxeo.call('GET', `/upload/${batch}`)).body).toHaveLength(2)
    expect((await bob.call('DELETE', `/upload/${batch}`)).status).toBe(204)
  })

  test('a batch is dropped at the end of the request, whatever came of it', async () => {
    batch = await nuxeo.batch()
    await nuxeo.chunk(batch, 0, { at: 0, of: 2, bytes: 'a' })
    const made = await nuxeo.document('half', { 'file:content': blobOf(batch, '0') }, { properties: '*' })
    expect([made.status, made.body.properties['file:content']]).toEqual([201, null])
    expect((await nuxeo.call('GET', `/upload/${batch}`)).status).toBe(404)
    batch = await nuxeo.batch()
    await nuxeo.send(batch, 0, 'x')
    const failed = { params: { document: '/nowhere' } }
    await nuxeo.call('POST', `/upload/${batch}/0/execute/Blob.AttachOnDocument`, failed)
    expect((await nuxeo.call('GET', `/upload/${batch}`)).status).toBe(404)
  })

  test('a file id that is a number is none, and the batch stays', async () => {
    batch = await nuxeo.batch()
    await nuxeo.send(batch, 0, 'x')
    const made = await nuxeo.document('number', { 'file:content': blobOf(batch, 0) }, { properties: '*' })
    expect(made.body.properties['file:content']).toBeNull()
    expect((await nuxeo.call('GET', `/upload/${batch}`)).status).toBe(200)
  })

  test('properties come when they are asked for', async () => {
    const made = await nuxeo.document('quiet')
    expect(made.body).not.toHaveProperty('properties')
    const asked = await nuxeo.call('GET', `/id/${made.body.uid}`, undefined, { properties: 'dublincore' })
    expect(asked.body.properties).toMatchObject({ 'dc:title': null })
    expect(asked.body.properties).not.toHaveProperty('file:content')
  })

  test('a range past the end is the whole file', async () => {
    batch = await nuxeo.batch()
    await nuxeo.send(batch, 0, 'hello')
    const made = await nuxeo.document('range', { 'file:content': blobOf(batch, '0') })
    const range = { range: 'bytes=100-' }
    const reply = await nuxeo.call('GET', `/id/${made.body.uid}/@blob/file:content`, undefined, range)
    expect([reply.status, reply.text]).toEqual([200, 'hello'])
  })
})
