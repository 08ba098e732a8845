import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { metadata, sha256, tusClient } from './support.ts'

describe('GET on an upload URL', () => {
  let server: TestServer
  let client: ReturnType<typeof tusClient>
  beforeAll(async () => {
    server = await startServer()
    client = tusClient(server)
  })
  afterAll(() => server.dispose())

  const upload = async (bytes: Buffer | string, values: Record<string, string>): Promise<string> => {
    const url = await client.create(Buffer.byteLength(bytes), metadata(values))
    await client.patch(url, 0, bytes)
    return url
  }

  test('serves the finished file, whole or in part', async () => {
    const bytes = randomBytes(200_000)
    const url = await upload(bytes, { filename: 'a.bin', filetype: 'application/x-thing' })
    const whole = await client.ask('GET', url)
    expect(whole.status).toBe(200)
    expect(sha256(whole.body)).toBe(sha256(bytes))
    expect(whole.headers['accept-ranges']).toBe('bytes')
    const part = await client.ask('GET', url, { headers: { range: 'bytes=1000-1999' } })
    expect(part).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 1000-1999/200000' } })
    expect(part.body.equals(bytes.subarray(1000, 2000))).toBe(true)
    const beyond = await client.ask('GET', url, { headers: { range: 'bytes=200000-' } })
    expect(beyond.status).toBe(416)
    const etag = String(whole.headers.etag)
    expect((await client.ask('GET', url, { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  test.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/javascript'])(
    '%s is handed over as an attachment, never shown',
    async (filetype) => {
      const url = await upload('<script>alert(1)</script>', { filename: 'a', filetype })
      const { headers } = await client.ask('GET', url)
      expect(headers['content-disposition']).toMatch(/^attachment/)
      expect(headers['x-content-type-options']).toBe('nosniff')
    },
  )

  test('an unfinished upload is not served', async () => {
    const url = await client.create(5)
    await client.patch(url, 0, 'hel')
    const reply = await client.ask('GET', url)
    expect(reply.status).toBe(409)
    expect(reply.text).toContain('not complete')
  })

  test('nobody reads without a credential', async () => {
    const url = await upload('secret', {})
    const reply = await client.ask('GET', url, { as: null })
    expect(reply.status).toBe(401)
    expect(reply.headers['access-control-expose-headers']).toContain('ETag')
  })
})
