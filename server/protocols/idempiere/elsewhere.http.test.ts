import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { type Client, client, sha256, UPLOADS } from './support.ts'

let server: TestServer
let strict: TestServer
let admin: Client
beforeAll(async () => {
  server = await startServer()
  strict = await startServer({ SLIPWAY_STRICT: 'idempiere' })
  admin = client(server)
})
afterAll(async () => {
  await server.dispose()
  await strict.dispose()
})

const own = async (who: Client, id: string) => (await who.call('GET', `/api/slipway/v1/sessions/${id}`)).body
const TUS = { 'tus-resumable': '1.0.0' }

describe('an upload begun here, over tus', () => {
  const head = (id: string) => admin.call('HEAD', `/files/${id}`, { headers: TUS })
  const patch = (id: string, offset: number, body: string) =>
    admin.call('PATCH', `/files/${id}`, {
      body,
      headers: { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
    })

  test('is read, continued and completed when it has no gaps', async () => {
    const begun = await admin.begin({ fileSize: 11, sha256: sha256('hello world'), uploadLocation: 'IMAGE' })
    const id = begun.body.uploadId
    await admin.put(id, 1, 'hello', 2)
    expect((await own(admin, id)).uploadUrl).toBe(`/files/${id}`)
    const found = await head(id)
    expect([found.headers.get('upload-offset'), found.headers.get('upload-length')]).toEqual(['5', '11'])
    expect((await patch(id, 5, ' wo')).status).toBe(204)
    expect(await admin.status(id)).toMatchObject({
      uploadedChunks: [
        { chunkOrder: 1, receivedSize: 5 },
        { chunkOrder: 2, receivedSize: 3 },
      ],
      totalReceivedSize: 8,
    })
    expect((await patch(id, 8, 'rld')).headers.get('upload-offset')).toBe('11')
    const done = await admin.settled(id)
    expect(done).toMatchObject({ status: 'COMPLETED', fileSize: 11 })
    expect(done.imageId).toBeGreaterThan(0)
    expect((await admin.call('GET', `${UPLOADS}/${id}/file`)).text).toBe('hello world')
  })

  test('has no offset to go on from while a chunk is missing', async () => {
    const id = (await admin.begin({ fileSize: 11 })).body.uploadId
    await admin.put(id, 2, 'world', 2)
    expect((await own(admin, id)).uploadUrl).toBeNull()
    expect((await patch(id, 0, 'hello ')).status).toBeGreaterThanOrEqual(400)
    expect((await admin.status(id)).uploadedChunks).toEqual([{ chunkOrder: 2, receivedSize: 5 }])
  })
})

test('the own API shows what this one does not say', async () => {
  const id = await admin.upload(['abc'], { uploadLocation: 'IMAGE', contentType: 'image/png' })
  expect(await own(admin, id)).toMatchObject({
    protocol: 'idempiere',
    status: 'COMPLETED',
    location: 'IMAGE',
    sha256: sha256('abc'),
    verified: true,
    warning: expect.stringContaining('IMAGE'),
  })
  expect(Object.keys(await admin.status(id))).toHaveLength(10)
})

test('a real image is no remark, and strict mode makes none', async () => {
  const id = await admin.upload([PIXEL], { uploadLocation: 'IMAGE' })
  expect((await own(admin, id)).warning).toBeNull()
  const silent = client(strict)
  const other = await silent.upload(['abc'], { uploadLocation: 'IMAGE' })
  expect((await own(silent, other)).warning).toBeNull()
})

/** One pixel as PNG. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

test('a session of another protocol is unknown here', async () => {
  const created = await admin.call('POST', '/files', { headers: { ...TUS, 'upload-length': '3' } })
  const id = created.headers.get('location')?.split('/').at(-1) ?? ''
  expect((await admin.call('GET', `${UPLOADS}/${id}`)).status).toBe(404)
  expect((await admin.put(id, 1, 'abc', 1)).status).toBe(404)
  expect((await admin.call('DELETE', `${UPLOADS}/${id}`)).status).toBe(404)
})
