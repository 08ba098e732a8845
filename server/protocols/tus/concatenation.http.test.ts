import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { metadata, PATCH_TYPE, sha256, tusClient } from './support.ts'

const PARTIAL = { 'upload-concat': 'partial' }

describe('tus concatenation', () => {
  let server: TestServer
  let client: ReturnType<typeof tusClient>
  beforeAll(async () => {
    server = await startServer()
    client = tusClient(server)
  })
  afterAll(() => server.dispose())

  const partial = async (bytes: Buffer | string): Promise<string> => {
    const url = await client.create(Buffer.byteLength(bytes), PARTIAL)
    await client.patch(url, 0, bytes)
    return url
  }
  const final = (urls: readonly string[], more: Record<string, string> = {}, as?: string) =>
    client.tus('POST', '/files', {
      headers: { 'upload-concat': `final;${urls.join(' ')}`, ...more },
      ...(as !== undefined && { as }),
    })

  test('puts finished partial uploads together, in the order that is asked for', async () => {
    const pieces = [randomBytes(100_000), randomBytes(1), randomBytes(50_000)]
    const urls = await Promise.all(pieces.map(partial))
    const whole = Buffer.concat(pieces)
    const more = metadata({ filename: 'whole.bin', sha256: sha256(whole) })
    const reply = await final(urls, more)
    expect(reply.status).toBe(201)
    const url = String(reply.headers.location)
    const { status, headers } = await client.head(url)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'upload-offset': String(whole.length),
      'upload-length': String(whole.length),
      'upload-concat': `final;${urls.join(' ')}`,
      'upload-metadata': more['upload-metadata'],
    })
    expect(sha256((await client.ask('GET', url)).body)).toBe(sha256(whole))
    const part = await client.ask('GET', url, { headers: { range: 'bytes=99990-100010' } })
    expect(part.body.equals(whole.subarray(99_990, 100_011))).toBe(true)
  })

  test('a partial says what it is, and stays as it is', async () => {
    const url = await partial('hello')
    expect((await client.head(url)).headers).toMatchObject({
      'upload-concat': 'partial',
      'upload-offset': '5',
    })
    await final([url])
    expect((await client.ask('GET', url)).text).toBe('hello')
  })

  test('a partial may be named twice, and in several files, by absolute and relative URLs', async () => {
    const [a, b] = [await partial('ab'), await partial('cd')]
    const first = await final([`${server.origin}${a}`, b, a])
    const second = await final([b, b])
    expect((await client.ask('GET', String(first.headers.location))).text).toBe('abcdab')
    expect((await client.ask('GET', String(second.headers.location))).text).toBe('cdcd')
  })

  test('a final stays whole when its partials are deleted, and they when it is', async () => {
    const [a, b] = [await partial('ab'), await partial('cd')]
    const first = String((await final([a, b])).headers.location)
    const second = String((await final([b])).headers.location)
    expect((await client.tus('DELETE', a)).status).toBe(204)
    expect((await client.tus('DELETE', b)).status).toBe(204)
    expect((await client.ask('GET', first)).text).toBe('abcd')
    expect((await client.tus('DELETE', first)).status).toBe(204)
    expect((await client.ask('GET', second)).text).toBe('cd')
  })

  test('may begin before its partials are finished', async () => {
    const [a, b] = [await client.create(5, PARTIAL), await client.create(null, PARTIAL)]
    const reply = await final([a, b])
    expect(reply.status).toBe(201)
    const url = String(reply.headers.location)
    const pending = await client.head(url)
    expect(pending.status).toBe(200)
    expect(pending.headers['upload-offset']).toBeUndefined()
    expect(pending.headers['upload-length']).toBeUndefined()
    expect((await client.ask('GET', url)).status).toBe(409)
    await client.patch(a, 0, 'hello')
    await client.patch(b, 0, 'wor', { 'upload-length': '5' })
    expect((await client.head(url)).headers).toMatchObject({ 'upload-length': '10' })
    await client.patch(b, 3, 'ld')
    await expect.poll(async () => (await client.head(url)).headers['upload-offset']).toBe('10')
    expect((await client.ask('GET', url)).text).toBe('helloworld')
  })

  test('a pending final ends with its partial', async () => {
    const a = await client.create(5, PARTIAL)
    const url = String((await final([a])).headers.location)
    expect((await client.tus('DELETE', a)).status).toBe(204)
    const reply = await client.ask('GET', url)
    expect(reply.status).toBe(410)
    expect(reply.text).toContain('partial upload')
    expect((await client.head(url)).status).toBe(410)
  })

  test('a digest that does not fit ends the final, not its partials', async () => {
    const a = await partial('hello')
    const reply = await final([a], metadata({ sha256: 'ab'.repeat(32) }))
    expect(reply.status).toBe(460)
    expect((await client.ask('GET', a)).text).toBe('hello')
  })

  test('the final is filed on its record, a partial never', async () => {
    const records = '/api/slipway/v1/tables/C_Invoice/records'
    const [invoice] = JSON.parse((await client.ask('GET', records)).text).records as [{ uid: string }]
    const target = { table: 'C_Invoice', record: invoice.uid, location: 'ARCHIVE' }
    const part = await client.create(5, { ...PARTIAL, ...metadata({ ...target, filename: 'part' }) })
    await client.patch(part, 0, 'hello')
    await final([part], metadata({ ...target, filename: 'whole' }))
    const { text } = await client.ask('GET', `${records}/${invoice.uid}/entries`)
    const { entries } = JSON.parse(text) as { entries: { name: string }[] }
    expect(entries.map(({ name }) => name)).toEqual(['whole'])
  })

  test('takes no bytes of its own', async () => {
    const a = await client.create(5, PARTIAL)
    const pending = String((await final([a])).headers.location)
    expect((await client.patch(pending, 0, 'x')).status).toBe(403)
    await client.patch(a, 0, 'hello')
    const finished = String((await final([a])).headers.location)
    expect((await client.patch(finished, 5, '')).status).toBe(403)
  })

  test('may be made of nothing', async () => {
    const empty = await client.create(0, PARTIAL)
    const url = String((await final([empty, empty])).headers.location)
    expect((await client.head(url)).headers).toMatchObject({ 'upload-offset': '0', 'upload-length': '0' })
    expect(await client.ask('GET', url)).toMatchObject({ status: 200, text: '' })
  })

  test('what cannot be put together is refused and leaves nothing', async () => {
    const a = await partial('hello')
    const whole = await client.create(5)
    const bob = await addUser(server, 'bob')
    expect((await final([])).status).toBe(400)
    expect((await final(['/files/x'])).status).toBe(400)
    expect((await final([whole])).status).toBe(400)
    expect((await final([a, '/files/00000000-0000-4000-8000-000000000000'])).status).toBe(404)
    expect((await final([a], {}, bob)).status).toBe(404)
    expect((await final([a], { 'upload-length': '5' })).status).toBe(400)
    expect((await final([a], { 'upload-defer-length': '1' })).status).toBe(400)
    const headers = { 'upload-concat': `final;${a}`, ...PATCH_TYPE }
    expect((await client.tus('POST', '/files', { headers, body: 'x' })).status).toBe(400)
    await client.tus('DELETE', a)
    expect((await final([a])).status).toBe(410)
  })

  test('a pending final is finished after a crash, when its last partial is', async () => {
    const [a, b] = [await client.create(5, PARTIAL), await client.create(5, PARTIAL)]
    const url = String((await final([a, b])).headers.location)
    await client.patch(a, 0, 'hello')
    await client.patch(b, 0, 'wor')
    await server.kill()
    server = await server.restart()
    client = tusClient(server)
    expect((await client.head(url)).headers['upload-offset']).toBeUndefined()
    await client.patch(b, 3, 'ld')
    await expect.poll(async () => (await client.head(url)).headers['upload-offset']).toBe('10')
    expect((await client.ask('GET', url)).text).toBe('helloworld')
  })
})
