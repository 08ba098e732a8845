import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { append, call, upload } from './support.ts'

let server: TestServer
let bo: { authorization: string }
let orders: { id: number; uid: string; name: string }[]

const bytes = randomBytes(200_000)
const sha256 = (of: Buffer) => createHash('sha256').update(of).digest('hex')

beforeAll(async () => {
  server = await startServer()
  bo = { authorization: await addUser(server, 'bo') }
  orders = (await call(server, 'GET', '/tables/C_Order/records')).body.records
})
afterAll(() => server.dispose())

describe('a session', () => {
  test('under way says what is stored and where to go on', async () => {
    const id = await upload(server, bytes.subarray(0, 1000), { filename: 'a b.bin' }, { length: 5000 })
    const { status, body } = await call(server, 'GET', `/sessions/${id}`)
    expect(status).toBe(200)
    expect(body).toEqual({
      id,
      protocol: 'tus',
      owner: 'admin',
      fileName: 'a b.bin',
      contentType: null,
      size: 5000,
      received: 1000,
      sha256: null,
      verified: null,
      location: 'ARCHIVE',
      target: null,
      status: 'UPLOADING',
      failure: null,
      warning: null,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      updatedAt: expect.any(String),
      expiresAt: expect.any(String),
      completedAt: null,
      uploadUrl: `/files/${id}`,
      links: {
        self: `/api/slipway/v1/sessions/${id}`,
        file: null,
        upload: `/files/${id}`,
        prefix: `/api/slipway/v1/sessions/${id}/prefix`,
        receipt: null,
      },
    })
    const prefix = await call(server, 'GET', `/sessions/${id}/prefix`)
    expect(prefix.body).toEqual({ length: 1000, sha256: sha256(bytes.subarray(0, 1000)) })
    expect((await call(server, 'GET', `/sessions/${id}/receipt`)).status).toBe(409)
    expect((await call(server, 'GET', `/sessions/${id}/file`)).status).toBe(409)
  })

  test('that is complete gives its file, receipt and target', async () => {
    const [order] = orders
    const metadata = { filename: '日本 "x".txt', filetype: 'text/html', sha256: sha256(bytes) }
    const id = await upload(server, bytes, {
      ...metadata,
      table: 'C_Order',
      record: String(order?.id),
      location: 'ATTACHMENT',
    })
    const { body } = await call(server, 'GET', `/sessions/${id}`)
    const target = { table: 'C_Order', record: order?.uid, name: order?.name }
    expect(body).toMatchObject({ status: 'COMPLETED', sha256: sha256(bytes), verified: true, target })
    expect(body).toMatchObject({ uploadUrl: null, expiresAt: null, location: 'ATTACHMENT' })
    expect(body.completedAt).toMatch(/Z$/)
    expect((await call(server, 'GET', `/sessions/${id}/receipt`)).body).toEqual({
      session: id,
      fileName: metadata.filename,
      size: bytes.length,
      sha256: sha256(bytes),
      declaredSha256: sha256(bytes),
      verified: true,
      owner: 'admin',
      completedAt: body.completedAt,
      target,
    })
    const file = await fetch(`${server.origin}${body.links.file}`, { headers: asAdmin(server) })
    expect(file.headers.get('content-type')).toBe('text/html')
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; .*filename\*=UTF-8''%E6%97%A5/)
    expect(file.headers.get('content-security-policy')).toContain('sandbox')
    expect(file.headers.get('etag')).toBe(`"${sha256(bytes)}"`)
    expect(sha256(Buffer.from(await file.arrayBuffer()))).toBe(sha256(bytes))
    const part = await fetch(`${server.origin}${body.links.file}`, {
      headers: { ...asAdmin(server), range: 'bytes=-10' },
    })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 199990-199999/200000'])
    const head = await fetch(`${server.origin}${body.links.file}`, {
      method: 'HEAD',
      headers: asAdmin(server),
    })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '200000'])
  })

  test('is nobody else’s business', async () => {
    const id = await upload(server, bytes.subarray(0, 10))
    const calls: [string, string, unknown?][] = [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/prefix'],
      ['GET', '/file'],
      ['HEAD', '/file'],
      ['GET', '/receipt'],
      ['PUT', '/sha256', { sha256: sha256(bytes) }],
      ['POST', '/copy', { location: 'ARCHIVE', table: 'C_Order', record: orders[0]?.id }],
    ]
    for (const [method, path, body] of calls) {
      const other = await call(server, method, `/sessions/${id}${path}`, { headers: bo, body })
      expect([method, path, other.status]).toEqual([method, path, 404])
      const nobody = await call(server, method, `/sessions/${id}${path}`, { headers: {}, body })
      expect([method, path, nobody.status]).toEqual([method, path, 401])
    }
    expect((await call(server, 'GET', `/sessions/${id}`)).body.status).toBe('COMPLETED')
  })

  test('is canceled once, by who may', async () => {
    const id = await upload(server, Buffer.from('x'), {}, { length: 10 })
    expect((await call(server, 'DELETE', `/sessions/${id}`)).status).toBe(204)
    expect((await call(server, 'GET', `/sessions/${id}`)).body.status).toBe('CANCELED')
    expect((await call(server, 'DELETE', `/sessions/${id}`)).body.code).toBe('canceled')
    expect((await call(server, 'GET', `/sessions/${id}/receipt`)).status).toBe(409)
  })

  test.each(['nope', '00000000-0000-0000-0000-000000000000', '..%2f..', 'x'.repeat(5000), '%00'])(
    'named %s does not exist',
    async (id) => expect((await call(server, 'GET', `/sessions/${id}`)).status).toBe(404),
  )
})

describe('a digest declared while the bytes come', () => {
  test('is compared when the last one is there', async () => {
    const id = await upload(server, bytes.subarray(0, 1000), {}, { length: 2000 })
    const declare = (value: string) =>
      call(server, 'PUT', `/sessions/${id}/sha256`, { body: { sha256: value } })
    expect((await declare('nonsense')).body).toMatchObject({ status: 400, field: 'sha256' })
    const right = sha256(bytes.subarray(0, 2000))
    expect((await declare(right.toUpperCase())).status).toBe(204)
    expect((await declare(right)).status).toBe(204)
    expect((await declare('0'.repeat(64))).status).toBe(409)
    expect(await append(server, id, 1000, bytes.subarray(1000, 2000))).toBe(204)
    expect((await call(server, 'GET', `/sessions/${id}`)).body).toMatchObject({ verified: true })
    expect((await declare('0'.repeat(64))).status).toBe(409)
  })

  test('that the bytes do not have fails the upload and files nothing', async () => {
    const [, order] = orders
    const on = { table: 'C_Order', record: String(order?.id), location: 'ATTACHMENT' }
    const id = await upload(server, bytes.subarray(0, 1000), on, { length: 2000 })
    const body = { sha256: '0'.repeat(64) }
    expect((await call(server, 'PUT', `/sessions/${id}/sha256`, { body })).status).toBe(204)
    expect(await append(server, id, 1000, bytes.subarray(1000, 2000))).toBe(460)
    const session = (await call(server, 'GET', `/sessions/${id}`)).body
    expect(session).toMatchObject({ status: 'FAILED', verified: false, uploadUrl: null })
    expect(session.failure).toContain('0'.repeat(64))
    const filed = await call(server, 'GET', `/tables/C_Order/records/${order?.uid}/entries`)
    expect(filed.body.entries).toEqual([])
  })
})

describe('the list', () => {
  test('is newest first, in pages, each session once, and only one’s own', async () => {
    const ids = []
    for (let count = 0; count < 7; count += 1)
      ids.push(await upload(server, Buffer.from('x'), { filename: `Bo’s ${count}.txt` }, bo))
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await call(server, 'GET', `/sessions?limit=3&cursor=${cursor}`, { headers: bo })
      expect(page.body.sessions.length).toBeLessThanOrEqual(3)
      seen.push(...page.body.sessions.map(({ id }: { id: string }) => id))
      cursor = page.body.nextCursor === null ? '' : encodeURIComponent(page.body.nextCursor)
    } while (cursor !== '')
    expect(seen).toEqual(ids.toReversed())
    const found = await call(server, 'GET', `/sessions?q=${encodeURIComponent('BO’S 3')}`)
    expect(found.body.sessions.map(({ id }: { id: string }) => id)).toEqual([ids[3]])
    const mine = await call(server, 'GET', '/sessions?limit=1000&mine=true')
    expect(mine.body.sessions.every(({ owner }: { owner: string }) => owner === 'admin')).toBe(true)
  })

  test('goes by status', async () => {
    const { body } = await call(server, 'GET', '/sessions?status=CANCELED,FAILED')
    const states = new Set(body.sessions.map(({ status }: { status: string }) => status))
    expect(states).toEqual(new Set(['CANCELED', 'FAILED']))
    expect((await call(server, 'GET', '/sessions?status=')).body.sessions.length).toBeGreaterThan(3)
  })

  test.each(['status=NOPE', 'limit=0', 'limit=x', 'limit=-1', 'limit=1.5', 'cursor=nonsense'])(
    'refuses %s',
    async (query) => {
      const { status, body } = await call(server, 'GET', `/sessions?${query}`)
      expect([status, body.code]).toEqual([400, 'invalid'])
      expect(body.field).toContain(query.split('=')[0])
    },
  )
})

const asAdmin = ({ authorization }: TestServer) => ({ authorization })
