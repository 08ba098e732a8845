import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { metadata, PATCH_TYPE, sha256, tusClient } from './support.ts'

interface Entry {
  readonly name: string
  readonly kind: string
  readonly sha256: string
}

describe('tus PATCH', () => {
  let server: TestServer
  let client: ReturnType<typeof tusClient>
  beforeAll(async () => {
    server = await startServer()
    client = tusClient(server)
  })
  afterAll(() => server.dispose())

  test('adds bytes where the upload ends, and completes it with the last', async () => {
    const bytes = randomBytes(300_000)
    const url = await client.create(bytes.length)
    const first = await client.patch(url, 0, bytes.subarray(0, 100_000))
    expect(first).toMatchObject({
      status: 204,
      headers: { 'upload-offset': '100000', 'tus-resumable': '1.0.0' },
    })
    expect(first.headers['upload-expires']).toBeDefined()
    const last = await client.patch(url, 100_000, bytes.subarray(100_000))
    expect(last).toMatchObject({ status: 204, headers: { 'upload-offset': '300000' } })
    expect(last.headers['upload-expires']).toBeUndefined()
    expect(sha256((await client.ask('GET', url)).body)).toBe(sha256(bytes))
  })

  test('a query in the URL, a slash behind it and parameters of the type change nothing', async () => {
    const url = await client.create(10)
    const headers = { 'content-type': 'Application/Offset+Octet-Stream; charset=binary' }
    expect((await client.patch(`${url}?token=a/b`, 0, 'hello', headers)).status).toBe(204)
    expect((await client.patch(`${url}/`, 5, 'world')).status).toBe(204)
    expect((await client.ask('GET', url)).text).toBe('helloworld')
  })

  test('may come as a POST that says it is a PATCH', async () => {
    const url = await client.create(5)
    const headers = { ...PATCH_TYPE, 'upload-offset': '0', 'x-http-method-override': 'PATCH' }
    const reply = await client.tus('POST', url, { headers, body: 'hello' })
    expect(reply).toMatchObject({ status: 204, headers: { 'upload-offset': '5' } })
    const asked = await client.tus('POST', url, { headers: { 'x-http-method-override': 'HEAD' } })
    expect(asked).toMatchObject({ status: 200, headers: { 'upload-offset': '5' } })
  })

  test('a wrong offset is 409, tells the right one, and changes nothing', async () => {
    const url = await client.create(10)
    await client.patch(url, 0, 'hello')
    for (const offset of [0, 4, 6, 10]) {
      const reply = await client.patch(url, offset, 'xx')
      expect(reply).toMatchObject({ status: 409, headers: { 'upload-offset': '5' } })
      expect(reply.text).toContain('5')
    }
    await client.patch(url, 5, 'world')
    expect((await client.ask('GET', url)).text).toBe('helloworld')
  })

  test.each([
    ['no offset', { 'upload-offset': undefined }, 400],
    ['a negative offset', { 'upload-offset': '-1' }, 400],
    ['an offset that is no number', { 'upload-offset': '0x0' }, 400],
    ['an offset no integer holds', { 'upload-offset': '99999999999999999999' }, 413],
    ['no type', { 'content-type': undefined }, 415],
    ['another type', { 'content-type': 'application/octet-stream' }, 415],
    ['another version', { 'tus-resumable': '2.0.0' }, 412],
    ['no version', { 'tus-resumable': undefined }, 412],
    ['headers of both protocols', { 'upload-complete': '?1' }, 400],
    ['another length', { 'upload-length': '6' }, 400],
  ])('%s is refused and nothing is stored', async (_, change: Record<string, string | undefined>, status) => {
    const url = await client.create(5)
    const all = { 'tus-resumable': '1.0.0', ...PATCH_TYPE, 'upload-offset': '0', ...change }
    const headers = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
    const reply = await client.ask('PATCH', url, {
      headers: headers as Record<string, string>,
      body: 'hello',
    })
    expect(reply.status).toBe(status)
    expect(reply.text).toMatch(/^[^\n]{10,}\n$/)
    if (status === 412) expect(reply.headers['tus-version']).toBe('1.0.0')
    expect((await client.head(url)).headers['upload-offset']).toBe('0')
  })

  test('an answer given before the body came reaches the client', async () => {
    const url = await client.create(100_000_000)
    const body = Buffer.alloc(50_000_000)
    for (const more of [{}, { expect: '100-continue' }] as Record<string, string>[]) {
      const reply = await client.patch(url, 7, body, more)
      expect(reply).toMatchObject({ status: 409, headers: { 'upload-offset': '0' } })
    }
    const wrong = await client.tus('PATCH', url, { headers: { 'content-type': 'text/plain' }, body })
    expect(wrong.status).toBe(415)
  })

  test('more bytes than declared are 413, announced or not', async () => {
    const url = await client.create(5)
    for (const chunked of [false, true]) {
      const headers = { ...PATCH_TYPE, 'upload-offset': '0' }
      expect((await client.tus('PATCH', url, { headers, body: 'hello!', chunked })).status).toBe(413)
      expect((await client.head(url)).headers['upload-offset']).toBe('0')
    }
  })

  test('the last request asked again is answered again, and the file is filed once', async () => {
    const url = await client.create(5)
    for (let time = 0; time < 2; time += 1) await client.patch(url, 0, 'hello')
    const again = await client.patch(url, 5, '')
    expect(again).toMatchObject({ status: 204, headers: { 'upload-offset': '5' } })
    expect((await client.patch(url, 5, 'x')).status).toBe(413)
    expect((await client.ask('GET', url)).text).toBe('hello')
  })

  test('a length that comes later is declared with any PATCH, once', async () => {
    const url = await client.create(null)
    expect((await client.head(url)).headers).toMatchObject({
      'upload-defer-length': '1',
      'upload-offset': '0',
    })
    await client.patch(url, 0, 'hello')
    expect((await client.patch(url, 5, 'w', { 'upload-length': '3' })).status).toBe(400)
    const declared = await client.patch(url, 5, 'wor', { 'upload-length': '10' })
    expect(declared).toMatchObject({ status: 204, headers: { 'upload-offset': '8' } })
    const { headers } = await client.head(url)
    expect(headers).toMatchObject({ 'upload-length': '10' })
    expect(headers['upload-defer-length']).toBeUndefined()
    expect((await client.patch(url, 8, 'l', { 'upload-length': '9' })).status).toBe(400)
    expect((await client.patch(url, 8, 'ld', { 'upload-length': '10' })).status).toBe(204)
    expect((await client.ask('GET', url)).text).toBe('helloworld')
  })

  test('a length declared after all bytes completes the upload', async () => {
    const url = await client.create(null)
    await client.patch(url, 0, 'hello')
    expect((await client.ask('GET', url)).status).toBe(409)
    expect((await client.patch(url, 5, '', { 'upload-length': '5' })).status).toBe(204)
    expect((await client.ask('GET', url)).text).toBe('hello')
  })

  test('a file that is not what was promised: 460, and 4xx ever after', async () => {
    const url = await client.create(5, metadata({ sha256: sha256(Buffer.from('HELLO')) }))
    await client.patch(url, 0, 'hel')
    const last = await client.patch(url, 3, 'lo')
    expect(last).toMatchObject({ status: 460, statusText: 'Checksum Mismatch' })
    for (const reply of [
      await client.head(url),
      await client.patch(url, 5, ''),
      await client.patch(url, 3, 'LO'),
      await client.ask('GET', url),
      await client.tus('DELETE', url),
    ]) {
      expect(reply.status).toBeGreaterThanOrEqual(400)
      expect(reply.status).toBeLessThan(500)
    }
  })

  test('the finished file is filed on the record that was named, by id or uuid, before the last answer', async () => {
    const records = '/api/slipway/v1/tables/C_Order/records'
    const [order] = JSON.parse((await client.ask('GET', records)).text).records as [
      { id: number; uid: string },
    ]
    for (const [record, location] of [
      [String(order.id), 'ATTACHMENT'],
      [order.uid, 'ARCHIVE'],
    ] as const) {
      const filename = `${location}.txt`
      const url = await client.create(5, metadata({ filename, table: 'C_Order', record, location }))
      expect((await client.patch(url, 0, 'hello')).status).toBe(204)
      const { entries } = JSON.parse((await client.ask('GET', `${records}/${order.uid}/entries`)).text) as {
        entries: Entry[]
      }
      expect(entries.filter(({ name }) => name === filename)).toMatchObject([
        { kind: location, sha256: sha256(Buffer.from('hello')) },
      ])
    }
  })

  test('the promised digest may be in capitals', async () => {
    const url = await client.create(5, metadata({ sha256: sha256(Buffer.from('hello')).toUpperCase() }))
    expect((await client.patch(url, 0, 'hello')).status).toBe(204)
  })

  test("somebody else's upload is not there", async () => {
    const bob = await addUser(server, 'bob')
    const carol = await addUser(server, 'carol')
    const url = await client.create(5, {}, bob)
    const headers = { ...PATCH_TYPE, 'upload-offset': '0' }
    expect((await client.tus('PATCH', url, { headers, body: 'hello', as: carol })).status).toBe(404)
    expect((await client.tus('HEAD', url, { as: carol })).status).toBe(404)
    expect((await client.tus('DELETE', url, { as: carol })).status).toBe(404)
    expect((await client.ask('GET', url, { as: carol })).status).toBe(404)
    expect((await client.tus('PATCH', url, { headers, body: 'hello', as: null })).status).toBe(401)
    expect((await client.tus('PATCH', url, { headers, body: 'hello', as: bob })).status).toBe(204)
  })

  test('a reader may not write', async () => {
    const reader = await addUser(server, 'rita', ['reader'])
    const reply = await client.tus('POST', '/files', { headers: { 'upload-length': '5' }, as: reader })
    expect(reply.status).toBe(403)
  })

  test('an upload that never was is 404, and readable for other origins', async () => {
    for (const id of ['00000000-0000-4000-8000-000000000000', 'x', 'files', 'a%2Fb']) {
      const reply = await client.patch(`/files/${id}`, 0, 'hello')
      expect(reply.status).toBe(404)
      expect(reply.headers['access-control-expose-headers']).toContain('Upload-Offset')
    }
  })
})
