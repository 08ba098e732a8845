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

const begin = async (more = {}): Promise<string> => (await admin.begin(more)).body.uploadId
const UNKNOWN = '00000000-0000-4000-8000-000000000000'

describe('GET uploads/{id}', () => {
  test('has ten members, in order', async () => {
    const id = await begin({ fileName: 'x.bin', fileSize: 9, chunkSize: 4 })
    expect(Object.entries(await admin.status(id))).toEqual([
      ['uploadId', id],
      ['fileName', 'x.bin'],
      ['fileSize', 9],
      ['imageId', 0],
      ['chunkSize', 4],
      ['status', 'INITIATED'],
      ['uploadedChunks', []],
      ['totalReceivedSize', 0],
      ['message', 'File upload initiated, awaiting chunks.'],
      ['presignedURL', null],
    ])
  })

  test('lists chunks ascending while it goes on, none once it is complete', async () => {
    const id = await begin({ sha256: sha256('abcdef') })
    await admin.put(id, 3, 'ef', 3)
    await admin.put(id, 1, 'abc', 3)
    expect(await admin.status(id)).toMatchObject({
      status: 'UPLOADING',
      message: 'File upload in progress. 2 chunks received.',
      uploadedChunks: [
        { chunkOrder: 1, receivedSize: 3 },
        { chunkOrder: 3, receivedSize: 2 },
      ],
      totalReceivedSize: 5,
      fileSize: 0,
    })
    await admin.put(id, 2, 'd', 3)
    expect(await admin.settled(id)).toMatchObject({
      status: 'COMPLETED',
      message: 'File upload completed and processed.',
      uploadedChunks: [],
      totalReceivedSize: 0,
      fileSize: 6,
    })
  })

  test('gives a link when a life is asked for, and none else', async () => {
    const id = await begin()
    const ask = async (life: string) =>
      (await admin.call('GET', `${UPLOADS}/${id}?expiresInSeconds=${life}`)).body
    expect((await ask('60')).presignedURL).toMatch(
      new RegExp(
        `^v1/uploads/${id},v1/uploads/${id}/file\\?X-ID-CREDENTIAL=[\\w-]+&X-ID-DATE=[^&]+&X-ID-EXPIRES=60&X-ID-SIGNATURE=[0-9a-f]{64}$`,
      ),
    )
    expect((await ask('0')).presignedURL).toBeNull()
    expect((await ask('-1')).presignedURL).toBeNull()
    expect((await ask('')).presignedURL).toBeNull()
    expect((await admin.call('GET', `${UPLOADS}/${id}?expiresInSeconds=soon`)).status).toBe(404)
  })

  test('of an unknown id: 404', async () => {
    const { status, body } = await admin.call('GET', `${UPLOADS}/${UNKNOWN}`)
    expect([status, body]).toEqual([404, problem(404, 'Upload session not found: ', UNKNOWN)])
  })

  test('notices the end of its life', async () => {
    const id = await begin({ expiresInSeconds: 0 })
    const first = await admin.status(id)
    expect(first.status).toBe('FAILED')
    expect((await admin.status(id)).message).toMatch(
      /^File processing failed or upload expired before completion\./,
    )
  })

  test('never changes a canceled one', async () => {
    const id = await begin({ expiresInSeconds: 1 })
    await admin.call('DELETE', `${UPLOADS}/${id}`)
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect((await admin.status(id)).status).toBe('CANCELED')
    expect((await admin.status(id)).status).toBe('CANCELED')
  })
})

describe('GET uploads', () => {
  test('lists what is pending, FAILED too, oldest first, without links', async () => {
    const own = await startServer()
    try {
      const user = client(own)
      expect((await user.call('GET', UPLOADS)).body).toEqual({ uploads: [] })
      const open = (await user.begin({ fileName: 'open' })).body.uploadId
      const done = await user.upload(['x'])
      const failed = (await user.begin({ fileName: 'failed' })).body.uploadId
      await user.put(failed, 1, 'abc', 1)
      await user.settled(failed)
      const canceled = (await user.begin()).body.uploadId
      await user.call('DELETE', `${UPLOADS}/${canceled}`)
      const over = (await user.begin({ fileName: 'over', expiresInSeconds: 0 })).body.uploadId
      const { uploads } = (await user.call('GET', `${UPLOADS}?expiresInSeconds=60`)).body
      expect(uploads.map(({ uploadId }: { uploadId: string }) => uploadId)).toEqual([open, failed, over])
      expect(uploads.map(({ status }: { status: string }) => status)).toEqual([
        'INITIATED',
        'FAILED',
        'FAILED',
      ])
      expect(uploads[2].message).toMatch(/expired/)
      expect(Object.keys(uploads[0])).toEqual([
        'uploadId',
        'fileName',
        'fileSize',
        'imageId',
        'chunkSize',
        'status',
        'uploadedChunks',
        'totalReceivedSize',
        'message',
      ])
      expect(done).toBeTruthy()
    } finally {
      await own.dispose()
    }
  })
})

describe('DELETE uploads/{id}', () => {
  const cancel = (id: string) => admin.call('DELETE', `${UPLOADS}/${id}`)

  test('cancels, once', async () => {
    const id = await begin()
    await admin.put(id, 1, 'abc', 2)
    const { status, body } = await cancel(id)
    expect([status, body]).toEqual([200, { message: `Upload ${id} canceled successfully.` }])
    expect(await admin.status(id)).toMatchObject({
      status: 'CANCELED',
      message: `Status for upload ID ${id}`,
      uploadedChunks: [],
      totalReceivedSize: 0,
    })
    expect((await cancel(id)).body).toEqual(problem(400, 'Upload session has been canceled: ', id))
  })

  test('of a complete one takes the file', async () => {
    const id = await admin.upload(['abc'])
    expect((await cancel(id)).status).toBe(200)
    expect((await admin.call('GET', `${UPLOADS}/${id}/file`)).body).toEqual(
      problem(400, 'Upload is not completed yet or cancelled. Current status: CANCELED', id),
    )
  })

  test('of an image keeps the image, unlinked', async () => {
    const id = await admin.upload(['abc'], { uploadLocation: 'IMAGE' })
    const { imageId } = await admin.status(id)
    expect(imageId).toBeGreaterThan(0)
    await cancel(id)
    expect((await admin.status(id)).imageId).toBe(0)
    expect((await admin.call('GET', `/api/v1/models/AD_Image/${imageId}/BinaryData`)).text).toBe('abc')
  })

  test('of a failed one, and of one whose life is over', async () => {
    const failed = await begin()
    await admin.put(failed, 1, 'abc', 1)
    await admin.settled(failed)
    expect((await cancel(failed)).status).toBe(200)
    const over = await begin({ expiresInSeconds: 0 })
    await admin.status(over)
    expect((await cancel(over)).status).toBe(200)
  })

  test('of an unknown id: 404', async () => {
    expect((await cancel(UNKNOWN)).body).toEqual(problem(404, 'Upload session not found: ', UNKNOWN))
  })
})

test('what is not there is 404, what is not done 405', async () => {
  expect((await admin.call('GET', `${UPLOADS}/${UNKNOWN}/nothing`)).status).toBe(404)
  const wrong = await admin.call('POST', `${UPLOADS}/${UNKNOWN}`)
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'DELETE, GET, HEAD, OPTIONS'])
})
