import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { type Client, client, problem, sha256, UPLOADS } from './support.ts'

/** Every place where the contract names a safer answer of ours, and the original's. */
let server: TestServer
let admin: Client
beforeAll(async () => {
  server = await startServer({ SLIPWAY_STRICT: 'idempiere', TZ: 'Asia/Tokyo' })
  admin = client(server)
})
afterAll(() => server.dispose())

const begin = async (more = {}): Promise<string> => (await admin.begin(more)).body.uploadId

describe('POST uploads as the original', () => {
  test.each([
    ['fileName', { fileName: undefined }],
    ['fileName', { fileName: null }],
    ['sha256', { sha256: undefined }],
  ])('%s missing: 500', async (_, more) => {
    const { status, body } = await admin.begin(more)
    expect([status, body.title]).toEqual([500, 'Failed to initiate upload'])
  })

  test('no body: 500, empty', async () => {
    const reply = await admin.call('POST', UPLOADS, {
      body: '',
      headers: { 'content-type': 'application/json' },
    })
    expect([reply.status, reply.text]).toEqual([500, ''])
  })

  test('a member nobody knows: 400 in plain text', async () => {
    const { status, headers } = await admin.begin({ whatever: 1 })
    expect([status, headers.get('content-type')]).toEqual([400, 'text/plain; charset=utf-8'])
  })

  test('no life asked for: over at birth', async () => {
    const { status, body } = await admin.begin({ expiresInSeconds: undefined })
    expect(status).toBe(201)
    expect(body.presignedURL).toContain('X-ID-EXPIRES=0&')
    expect((await admin.put(body.uploadId, 1, 'x', 1)).status).toBe(410)
  })

  test('times are those of the server’s zone', async () => {
    const { body } = await admin.begin({ expiresInSeconds: 0 })
    const offset = Date.parse(`${body.expiresAt}Z`) - Date.now()
    expect(Math.abs(offset - 9 * 3_600_000)).toBeLessThan(10_000)
    const date = /X-ID-DATE=([^&]+)/.exec(body.presignedURL)?.[1] ?? ''
    expect(Math.abs(Date.parse(date) - Date.now() - 9 * 3_600_000)).toBeLessThan(10_000)
  })

  test('long names are cut off at 255', async () => {
    const id = await begin({ fileName: 'x'.repeat(300) })
    expect((await admin.status(id)).fileName).toBe('x'.repeat(255))
    const wide = await begin({ fileName: '📄'.repeat(200) })
    expect((await admin.status(wide)).fileName).toBe('📄'.repeat(127))
  })

  test.each(['abc', sha256('abc').toUpperCase()])(
    'the digest %s is taken, and never matches',
    async (digest) => {
      const id = await begin({ sha256: digest })
      await admin.put(id, 1, 'abc', 1)
      expect((await admin.settled(id)).status).toBe('FAILED')
    },
  )
})

describe('PUT chunks as the original', () => {
  test('a wrong hash: 500; upper case never matches', async () => {
    const id = await begin()
    for (const hash of [sha256('other'), sha256('abc').toUpperCase(), '']) {
      const { status, body } = await admin.put(id, 1, 'abc', 1, { 'x-content-sha256': hash })
      expect([status, body]).toEqual([
        500,
        problem(
          500,
          'Failed to upload chunk',
          `SHA-256 mismatch for chunk 1. Expected: ${hash}, Calculated: ${sha256('abc')}`,
        ),
      ])
    }
    expect((await admin.status(id)).status).toBe('INITIATED')
  })

  test('a late one makes a complete upload look FAILED', async () => {
    const id = await admin.upload(['abc'], { expiresInSeconds: 1 })
    await sleep(1100)
    expect((await admin.status(id)).status).toBe('COMPLETED')
    expect((await admin.put(id, 1, 'abc', 1)).body).toEqual(problem(410, 'Upload session has expired: ', id))
    expect((await admin.status(id)).status).toBe('FAILED')
    expect((await admin.call('GET', `${UPLOADS}/${id}/file`)).status).toBe(400)
  })
})

test('a look at a canceled upload after its life makes it FAILED, and pending again', async () => {
  const id = await begin({ expiresInSeconds: 1 })
  await admin.call('DELETE', `${UPLOADS}/${id}`)
  await sleep(1100)
  expect(await admin.status(id)).toMatchObject({ status: 'FAILED', message: 'Upload session has expired.' })
  const { uploads } = (await admin.call('GET', UPLOADS)).body
  expect(uploads.some(({ uploadId }: { uploadId: string }) => uploadId === id)).toBe(true)
  expect((await admin.call('DELETE', `${UPLOADS}/${id}`)).status).toBe(200)
})

test('whoever knows the id may use it, readers only look; the list stays its owner’s', async () => {
  const id = await begin()
  const alice = client(server, await addUser(server, 'alice'))
  const reader = client(server, await addUser(server, 'rosa', ['reader']))
  expect((await alice.status(id)).status).toBe('INITIATED')
  expect((await reader.put(id, 1, '', 1)).status).toBe(401)
  expect((await alice.put(id, 1, 'x', 2)).status).toBe(200)
  expect((await reader.status(id)).status).toBe('UPLOADING')
  expect((await alice.call('GET', UPLOADS)).body).toEqual({ uploads: [] })
  expect((await alice.call('DELETE', `${UPLOADS}/${id}`)).status).toBe(200)
  const unknown = '11111111-1111-4111-8111-111111111111'
  expect((await alice.call('GET', `${UPLOADS}/${unknown}`)).body).toEqual(
    problem(404, 'Upload session not found: ', unknown),
  )
})

test('FAILED does not say why', async () => {
  const id = await begin({ sha256: sha256('other') })
  await admin.put(id, 1, 'abc', 1)
  expect((await admin.settled(id)).message).toBe(
    'File processing failed or upload expired before completion.',
  )
})

test('asJson is ignored, json is no application/json', async () => {
  const id = await admin.upload(['abc'])
  expect((await admin.call('GET', `${UPLOADS}/${id}/file?asJson=true`)).text).toBe('abc')
  const { headers, text } = await admin.call('GET', `${UPLOADS}/${id}/file?json`)
  expect([headers.get('content-type'), text]).toEqual(['application/octet-stream', '{"data":"YWJj"}'])
})

test('downloads have no name, length, validator or ranges, and still cannot run', async () => {
  const id = await admin.upload(['abc'], { contentType: 'text/html' })
  const { status, headers, text } = await admin.call('GET', `${UPLOADS}/${id}/file`, {
    headers: { range: 'bytes=0-0' },
  })
  expect([status, text, headers.get('content-type')]).toEqual([200, 'abc', 'text/html'])
  for (const name of ['content-disposition', 'content-length', 'etag', 'accept-ranges', 'last-modified'])
    expect([name, headers.get(name)]).toEqual([name, null])
  expect(headers.get('content-security-policy')).toContain('sandbox')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

test('a content type that is none: 500', async () => {
  const id = await admin.upload(['abc'], { contentType: 'nonsense' })
  expect((await admin.call('GET', `${UPLOADS}/${id}/file`)).status).toBe(500)
})

test('copy: a record id that is none, or no body: 500, empty', async () => {
  const id = await admin.upload(['abc'])
  const path = `${UPLOADS}/${id}/copy`
  const json = { copyLocation: 'ARCHIVE', tableName: 'C_Order', recordId: 'x' }
  for (const request of [{ json }, { headers: { 'content-type': 'application/json' } }]) {
    const { status, text } = await admin.call('POST', path, request)
    expect([status, text]).toEqual([500, ''])
  }
})

test('a reader’s write: 401, empty', async () => {
  const reader = client(server, await addUser(server, 'rita', ['reader']))
  const { status, text } = await reader.begin()
  expect([status, text]).toEqual([401, ''])
})

test('a link renews itself', async () => {
  const id = await admin.upload(['abc'])
  const link = async (who: Client, query: string): Promise<string> =>
    (await who.call('GET', `${UPLOADS}/${id}?${query}`)).body.presignedURL.split('?')[1]
  const first = await link(admin, 'expiresInSeconds=30')
  expect(await link(client(server, null), `${first}&expiresInSeconds=9999`)).toContain('X-ID-EXPIRES=9999&')
})
