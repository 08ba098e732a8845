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

const begin = async (more = {}): Promise<string> => (await admin.begin(more)).body.uploadId
const UNKNOWN = '00000000-0000-4000-8000-000000000000'

describe('PUT chunks', () => {
  test('answers 200 with five members, in order', async () => {
    const id = await begin({ sha256: sha256('hello world') })
    const second = await admin.put(id, 2, ' world', 2)
    expect(second.status).toBe(200)
    expect(Object.entries(second.body)).toEqual([
      ['uploadId', id],
      ['chunkOrder', 2],
      ['receivedSize', 6],
      ['message', 'Chunk 2 uploaded successfully.'],
      ['isLastChunk', false],
    ])
    expect((await admin.put(id, 1, 'hello', 2)).body).toMatchObject({ chunkOrder: 1, isLastChunk: true })
    expect(await admin.settled(id)).toMatchObject({ status: 'COMPLETED', fileSize: 11 })
  })

  test('in parallel: exactly one answer is the last', async () => {
    const chunks = Array.from({ length: 12 }, (_, index) => randomBytes(1000 + index * 37))
    const whole = Buffer.concat(chunks)
    const id = await begin({ sha256: sha256(whole), fileSize: whole.length })
    const sent = await Promise.all(
      chunks.map((bytes, index) =>
        admin.put(id, index + 1, bytes, 12, { 'x-content-sha256': sha256(bytes) }),
      ),
    )
    expect(sent.map(({ status }) => status)).toEqual(chunks.map(() => 200))
    expect(sent.filter(({ body }) => body.isLastChunk)).toHaveLength(1)
    expect((await admin.settled(id)).status).toBe('COMPLETED')
    expect((await admin.call('GET', `${UPLOADS}/${id}/file`)).bytes.equals(whole)).toBe(true)
  })

  test('the same number again replaces bytes and size, and is counted once', async () => {
    const id = await begin({ sha256: sha256('newest end') })
    await admin.put(id, 1, 'something old', 2)
    await admin.put(id, 1, 'newest', 2)
    expect((await admin.status(id)).uploadedChunks).toEqual([{ chunkOrder: 1, receivedSize: 6 }])
    await admin.put(id, 2, ' end', 2)
    expect((await admin.settled(id)).status).toBe('COMPLETED')
  })

  test('two of one number at the same moment: both 200, one stands whole', async () => {
    const [one, two] = [randomBytes(200_000), randomBytes(300_000)]
    const id = await begin({ fileSize: 0 })
    const sent = await Promise.all([admin.put(id, 1, one, 2), admin.put(id, 1, two, 2)])
    expect(sent.map(({ status }) => status)).toEqual([200, 200])
    const { uploadedChunks } = await admin.status(id)
    expect([one.length, two.length]).toContain(uploadedChunks[0].receivedSize)
    expect(uploadedChunks).toHaveLength(1)
  })

  test('two of the completing number at the same moment: both 200, one is the last', async () => {
    for (let round = 0; round < 10; round += 1) {
      const bytes = randomBytes(50_000)
      const id = await begin({ sha256: sha256(bytes) })
      const sent = await Promise.all([1, 2, 3].map(() => admin.put(id, 1, bytes, 1)))
      const late = sent.filter(({ status }) => status === 409)
      expect(sent.filter(({ status, body }) => status === 200 && body.isLastChunk)).toHaveLength(1)
      for (const { body } of late)
        expect(body.title).toMatch(/^Upload session is already: (processing|completed)$/)
      expect((await admin.settled(id)).status).toBe('COMPLETED')
    }
  })

  test('a chunk of no bytes is one like any other, and a file of no bytes completes', async () => {
    const id = await begin({ sha256: sha256('') })
    const { status, body } = await admin.put(id, 1, '', 1)
    expect(status).toBe(200)
    expect(body).toMatchObject({ receivedSize: 0, isLastChunk: true })
    expect(await admin.settled(id)).toMatchObject({ status: 'COMPLETED', fileSize: 0 })
    const file = await admin.call('GET', `${UPLOADS}/${id}/file`)
    expect([file.status, file.bytes.length]).toEqual([200, 0])
    expect((await admin.call('GET', `${UPLOADS}/${id}/file?json`)).text).toBe('{"data":""}')
  })

  test('the total is judged by each request for itself', async () => {
    const id = await begin({ sha256: sha256('one five') })
    await admin.put(id, 5, ' five', 5)
    expect((await admin.put(id, 1, 'one', 2)).body.isLastChunk).toBe(true)
    expect((await admin.settled(id)).status).toBe('COMPLETED')
  })

  test('a sum that is not the size: 400 in the shape of a chunk, stored, and open to correction', async () => {
    const id = await begin({ sha256: sha256('aaabbb'), fileSize: 6 })
    await admin.put(id, 1, 'aaa', 2)
    const wrong = await admin.put(id, 2, 'bb', 2)
    expect(wrong.status).toBe(400)
    expect(wrong.body).toEqual({
      uploadId: id,
      chunkOrder: 2,
      receivedSize: 2,
      message:
        'Chunk 2 uploaded successfully.\n{"error":"Mismatch in total received size. Expected: 6, Received: 5',
      isLastChunk: false,
    })
    expect(await admin.status(id)).toMatchObject({ status: 'UPLOADING', totalReceivedSize: 5 })
    expect((await admin.put(id, 2, 'bbb', 2)).body.isLastChunk).toBe(true)
    expect((await admin.settled(id)).status).toBe('COMPLETED')
  })

  test('a wrong hash: 400 that names both, nothing stored', async () => {
    const id = await begin()
    const wrong = await admin.put(id, 1, 'abc', 1, { 'x-content-sha256': sha256('abd') })
    expect(wrong.status).toBe(400)
    expect(wrong.body).toEqual(
      problem(
        400,
        'Failed to upload chunk',
        `SHA-256 mismatch for chunk 1. Expected: ${sha256('abd')}, Calculated: ${sha256('abc')}`,
      ),
    )
    expect(await admin.status(id)).toMatchObject({ status: 'INITIATED', uploadedChunks: [] })
  })

  test.each(['', 'abc', `${sha256('abc')}zz`, Buffer.from(sha256('abc'), 'hex').toString('base64')])(
    'the hash %j is none',
    async (hash) => {
      const id = await begin()
      expect((await admin.put(id, 1, 'abc', 1, { 'x-content-sha256': hash })).status).toBe(400)
      expect((await admin.status(id)).status).toBe('INITIATED')
    },
  )

  test('hashes compare without regard to case', async () => {
    const id = await begin({ sha256: sha256('abc').toUpperCase() })
    await admin.put(id, 1, 'abc', 1, { 'x-content-sha256': sha256('abc').toUpperCase() })
    expect((await admin.settled(id)).status).toBe('COMPLETED')
  })

  test('a wrong hash of the file: FAILED with the reason, the chunk list stays', async () => {
    const id = await begin({ sha256: sha256('other') })
    expect((await admin.put(id, 1, 'abc', 1)).body.isLastChunk).toBe(true)
    const failed = await admin.settled(id)
    expect(failed).toMatchObject({ status: 'FAILED', totalReceivedSize: 3 })
    expect(failed.uploadedChunks).toEqual([{ chunkOrder: 1, receivedSize: 3 }])
    expect(failed.message).toMatch(/^File processing failed or upload expired before completion\. .*sha256/)
    expect((await admin.put(id, 1, 'abc', 1)).body).toEqual(
      problem(409, 'Upload session is already: failed', id),
    )
  })

  test.each([
    ['unknown', UNKNOWN],
    ['malformed', 'no-uuid'],
    ['in upper case', 'ABCDEF00-0000-4000-8000-000000000000'],
  ])('an id that is %s: 404', async (_, id) => {
    const { status, body } = await admin.put(id, 1, 'x', 1)
    expect([status, body]).toEqual([404, problem(404, 'Upload session not found: ', id)])
  })

  test.each([null, '0', '-1'])('X-Total-Chunks %j: 400', async (total) => {
    const id = await begin()
    expect((await admin.put(id, 1, 'x', total)).body).toEqual(
      problem(400, 'Total chunks must be greater than 0', id),
    )
  })

  test.each(['two', '1.0', '1e3', '0x10', '+1', '2147483648', '99999999999999999999', '1, 1', ''])(
    'X-Total-Chunks %j is no number: 400',
    async (total) => {
      const id = await begin()
      expect((await admin.put(id, 1, 'x', total)).status).toBe(400)
      expect((await admin.status(id)).status).toBe('INITIATED')
    },
  )

  test('X-Total-Chunks 2147483647 is one', async () => {
    expect((await admin.put(await begin(), 1, 'x', 2147483647)).status).toBe(200)
  })

  test.each([0, -1, 3])('the order %d of 2: 400', async (number) => {
    const id = await begin()
    expect((await admin.put(id, number, 'x', 2)).body).toEqual(
      problem(400, 'Chunk order must be between 1 and 2', id),
    )
  })

  test.each(['one', '1.5', '99999999999', '1x', '%20'])('the order %s is none: 404', async (number) => {
    expect((await admin.put(await begin(), number, 'x', 2)).status).toBe(404)
  })

  test('after a cancel: 400', async () => {
    const id = await begin()
    await admin.call('DELETE', `${UPLOADS}/${id}`)
    expect((await admin.put(id, 1, 'x', 0)).body).toEqual(
      problem(400, 'Upload session has been canceled: ', id),
    )
  })

  test('after completion: 409, and the file stays', async () => {
    const id = await admin.upload(['abc'])
    expect((await admin.put(id, 1, 'xyz', 1)).body).toEqual(
      problem(409, 'Upload session is already: completed', id),
    )
    expect((await admin.call('GET', `${UPLOADS}/${id}/file`)).text).toBe('abc')
  })

  test('after the end of its life: 410, FAILED', async () => {
    const id = await begin({ expiresInSeconds: 0 })
    expect((await admin.put(id, 1, 'x', 1)).body).toEqual(problem(410, 'Upload session has expired: ', id))
    expect((await admin.status(id)).status).toBe('FAILED')
    expect((await admin.put(id, 1, 'x', 1)).status).toBe(410)
  })

  test('a complete one stays so after the end of its life', async () => {
    const id = await admin.upload(['abc'], { expiresInSeconds: 1 })
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect((await admin.put(id, 1, 'x', 1)).status).toBe(409)
    expect((await admin.status(id)).status).toBe('COMPLETED')
    expect((await admin.call('GET', `${UPLOADS}/${id}/file`)).text).toBe('abc')
  })

  test('another media type: 415; none is taken', async () => {
    const id = await begin()
    expect((await admin.put(id, 1, 'x', 2, { 'content-type': 'text/plain' })).status).toBe(415)
    const bare = await fetch(`${server.origin}${UPLOADS}/${id}/chunks/1`, {
      method: 'PUT',
      headers: { authorization: server.authorization, 'x-total-chunks': '2' },
      body: Buffer.from('x'),
    })
    expect(bare.status).toBe(200)
  })

  test('chunks of unequal sizes, larger than was said, in reverse', async () => {
    const chunks = [7, 70_000, 1, 2_000_000, 33].map((size) => randomBytes(size))
    const whole = Buffer.concat(chunks)
    const id = await begin({ sha256: sha256(whole), fileSize: whole.length, chunkSize: 1000 })
    for (const [index, bytes] of [...chunks.entries()].reverse()) await admin.put(id, index + 1, bytes, 5)
    expect((await admin.settled(id)).status).toBe('COMPLETED')
    expect(sha256((await admin.call('GET', `${UPLOADS}/${id}/file`)).bytes)).toBe(sha256(whole))
  })
})
