import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { metadata, PATCH_TYPE, sha256, tusClient } from './support.ts'

const digest = (algorithm: string, bytes: string): string => {
  if (algorithm !== 'crc32') return createHash(algorithm).update(bytes).digest('base64')
  const four = Buffer.alloc(4)
  four.writeUInt32BE(crc32(bytes))
  return four.toString('base64')
}

describe('tus checksum', () => {
  let server: TestServer
  let client: ReturnType<typeof tusClient>
  beforeAll(async () => {
    server = await startServer()
    client = tusClient(server)
  })
  afterAll(() => server.dispose())

  test.each(['sha1', 'sha256', 'md5', 'crc32'])(
    '%s: right bytes count, others are 460 and gone',
    async (name) => {
      const url = await client.create(10)
      const wrong = await client.patch(url, 0, 'hellp', {
        'upload-checksum': `${name} ${digest(name, 'hello')}`,
      })
      expect(wrong).toMatchObject({ status: 460, statusText: 'Checksum Mismatch' })
      expect(wrong.text).toContain(name)
      expect((await client.head(url)).headers['upload-offset']).toBe('0')
      const right = await client.patch(url, 0, 'hello', {
        'upload-checksum': `${name} ${digest(name, 'hello')}`,
      })
      expect(right).toMatchObject({ status: 204, headers: { 'upload-offset': '5' } })
      await client.patch(url, 5, 'world', { 'upload-checksum': `${name} ${digest(name, 'world')}` })
      expect((await client.ask('GET', url)).text).toBe('helloworld')
    },
  )

  test.each([
    ['an algorithm that is not spoken here', 'sha512 AAAA'],
    ['one from the chain of prototypes', 'constructor AAAA'],
    ['no digest', 'sha1'],
    ['a digest that is not Base64', 'sha1 !!!!'],
    ['nothing', ''],
  ])('%s is 400', async (_, value) => {
    const url = await client.create(5)
    expect((await client.patch(url, 0, 'hello', { 'upload-checksum': value })).status).toBe(400)
    expect((await client.head(url)).headers['upload-offset']).toBe('0')
  })

  test('a digest of another length does not fit either', async () => {
    const url = await client.create(5)
    expect((await client.patch(url, 0, 'hello', { 'upload-checksum': 'sha1 AAAA' })).status).toBe(460)
    expect((await client.head(url)).headers['upload-offset']).toBe('0')
  })

  test('counts with the creation, too: wrong bytes leave no upload', async () => {
    const headers = {
      'upload-length': '5',
      ...PATCH_TYPE,
      'upload-checksum': `sha1 ${digest('sha1', 'hello')}`,
    }
    const wrong = await client.tus('POST', '/files', { headers, body: 'hellp' })
    expect(wrong.status).toBe(460)
    expect(wrong.headers.location).toBeUndefined()
    const right = await client.tus('POST', '/files', { headers, body: 'hello' })
    expect(right).toMatchObject({ status: 201, headers: { 'upload-offset': '5' } })
  })

  test('may come behind the bytes, as a trailer', async () => {
    const url = await client.create(5)
    const headers = { ...PATCH_TYPE, 'upload-offset': '0', trailer: 'Upload-Checksum' }
    const send = (checksum: string, body = 'hello') =>
      client.tus('PATCH', url, { headers, body, trailers: { 'Upload-Checksum': checksum } })
    expect(await send(`sha256 ${digest('sha256', 'other')}`)).toMatchObject({ status: 460 })
    expect((await send('sha512 AAAA')).status).toBe(400)
    expect((await client.tus('PATCH', url, { headers, body: 'hello', trailers: {} })).status).toBe(400)
    expect((await client.head(url)).headers['upload-offset']).toBe('0')
    expect((await send(`sha256 ${digest('sha256', 'hello')}`)).status).toBe(204)
    expect((await client.ask('GET', url)).text).toBe('hello')
  })

  test('in the header and as a trailer: both have to fit', async () => {
    const url = await client.create(5)
    const good = `sha1 ${digest('sha1', 'hello')}`
    const headers = {
      ...PATCH_TYPE,
      'upload-offset': '0',
      trailer: 'Upload-Checksum',
      'upload-checksum': good,
    }
    const send = (trailer: string) =>
      client.tus('PATCH', url, { headers, body: 'hello', trailers: { 'Upload-Checksum': trailer } })
    expect((await send(`sha1 ${digest('sha1', 'other')}`)).status).toBe(460)
    expect((await client.head(url)).headers['upload-offset']).toBe('0')
    expect((await send(good)).status).toBe(204)
  })

  test('a checksummed request that is cut adds nothing; one without keeps what came', async () => {
    for (const [more, kept] of [
      [`Upload-Checksum: sha1 ${digest('sha1', 'hello')}\r\n`, '0'],
      ['', '3'],
    ] as const) {
      const url = await client.create(5)
      const socket = connect(Number(new URL(server.origin).port), '127.0.0.1')
      socket.end(
        `PATCH ${url} HTTP/1.1\r\nHost: x\r\nAuthorization: ${server.authorization}\r\nTus-Resumable: 1.0.0\r\n` +
          `Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n${more}Content-Length: 5\r\n\r\nhel`,
      )
      await new Promise((resolve) => socket.resume().once('close', resolve))
      await expect.poll(async () => (await client.head(url)).headers['upload-offset']).toBe(kept)
    }
  })

  test('each request and the whole file, both', async () => {
    const url = await client.create(10, metadata({ sha256: sha256(Buffer.from('helloworld')) }))
    await client.patch(url, 0, 'hello', { 'upload-checksum': `md5 ${digest('md5', 'hello')}` })
    const last = await client.patch(url, 5, 'world', { 'upload-checksum': `md5 ${digest('md5', 'world')}` })
    expect(last.status).toBe(204)
  })
})
