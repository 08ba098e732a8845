import { randomBytes } from 'node:crypto'
import { Upload as Tus } from 'tus-js-client'
import { Upload as IETF } from 'tus-js-client-next'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFaultProxy } from '#testing/fault-proxy.ts'
import { startServer, type TestServer } from '#testing/server.ts'
import { type Ask, append, ask, create, digest, head, path, sha } from './support.ts'

describe('one upload over two protocols', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  const bytes = randomBytes(1_000_000)
  const tus = (target: string, method: string, how: Ask = {}) =>
    ask(server, target, { ...how, method, headers: { 'tus-resumable': '1.0.0', ...how.headers } })
  const patch = (target: string, offset: number, body: Buffer, headers: Record<string, string> = {}) =>
    tus(target, 'PATCH', {
      body,
      headers: { 'upload-offset': offset, 'content-type': 'application/offset+octet-stream', ...headers },
    })
  const beginTus = async (headers: Record<string, string>) => path(await tus('/files', 'POST', { headers }))
  const expectWhole = async (upload: string): Promise<void> => {
    expect((await head(server, upload)).headers).toMatchObject({
      'upload-complete': '?1',
      'upload-offset': '1000000',
      'upload-length': '1000000',
    })
    expect((await tus(upload, 'HEAD')).headers).toMatchObject({
      'upload-offset': '1000000',
      'upload-length': '1000000',
    })
    expect(sha('sha256', (await ask(server, upload)).body)).toBe(sha('sha256', bytes))
  }

  test('begun in tus, finished in IETF', async () => {
    const upload = await beginTus({ 'upload-length': '1000000' })
    expect((await patch(upload, 0, bytes.subarray(0, 400_000))).status).toBe(204)
    expect((await head(server, upload)).headers).toMatchObject({
      'upload-offset': '400000',
      'upload-length': '1000000',
      'upload-complete': '?0',
    })
    const last = await append(server, upload, 400_000, bytes.subarray(400_000), {
      headers: { 'upload-complete': '?1', 'repr-digest': digest('sha-512', bytes) },
    })
    expect(last.status).toBe(201)
    await expectWhole(upload)
  })

  test('begun in IETF, finished in tus by reaching the length', async () => {
    const upload = path(
      await create(server, { body: bytes.subarray(0, 300_000), headers: { 'upload-length': '1000000' } }),
    )
    expect((await tus(upload, 'HEAD')).headers).toMatchObject({
      'upload-offset': '300000',
      'upload-length': '1000000',
    })
    expect((await patch(upload, 300_000, bytes.subarray(300_000))).status).toBe(204)
    await expectWhole(upload)
  })

  test('lengths that come later', async () => {
    const fromTus = await beginTus({ 'upload-defer-length': '1' })
    await patch(fromTus, 0, bytes.subarray(0, 10))
    expect((await head(server, fromTus)).headers['upload-length']).toBeUndefined()
    const last = { 'upload-complete': '?1' }
    expect((await append(server, fromTus, 10, bytes.subarray(10), { headers: last })).status).toBe(201)
    await expectWhole(fromTus)
    const fromIETF = path(await create(server, { body: bytes.subarray(0, 10) }))
    expect((await tus(fromIETF, 'HEAD')).headers['upload-defer-length']).toBe('1')
    const declared = await patch(fromIETF, 10, bytes.subarray(10), { 'upload-length': '1000000' })
    expect(declared.status).toBe(204)
    await expectWhole(fromIETF)
  })

  test('all bytes over IETF, the end over tus', async () => {
    const upload = path(await create(server, { body: bytes, headers: { 'upload-length': '1000000' } }))
    expect((await head(server, upload)).headers['upload-complete']).toBe('?0')
    expect((await patch(upload, 1_000_000, Buffer.alloc(0))).status).toBe(204)
    await expectWhole(upload)
  })

  test('what tus promised of the file holds over IETF', async () => {
    const wrong = Buffer.from(sha('sha256', bytes.subarray(1))).toString('base64')
    const upload = await beginTus({ 'upload-length': '1000000', 'upload-metadata': `sha256 ${wrong}` })
    const reply = await append(server, upload, 0, bytes, { headers: { 'upload-complete': '?1' } })
    expect([reply.status, reply.headers['upload-complete']]).toEqual([400, '?1'])
    expect((await ask(server, upload)).status).toBeGreaterThanOrEqual(400)
  })

  test('either cancels what the other began', async () => {
    const one = await beginTus({ 'upload-length': '10' })
    expect((await ask(server, one, { method: 'DELETE', version: 8 })).status).toBe(204)
    expect((await tus(one, 'HEAD')).status).toBe(410)
    const other = path(await create(server))
    expect((await tus(other, 'DELETE')).status).toBe(204)
    expect((await head(server, other)).status).toBe(410)
  })

  test('parts of a concatenation are finished over IETF, what waits for them takes no bytes', async () => {
    const partial = { 'upload-concat': 'partial', 'upload-length': '500000' }
    const [one, two] = [await beginTus(partial), await beginTus(partial)]
    const whole = await beginTus({ 'upload-concat': `final;${one} ${two}` })
    expect((await head(server, whole)).headers['upload-complete']).toBe('?0')
    const early = await append(server, whole, 0, bytes)
    expect([early.status >= 400 && early.status < 500, early.headers['upload-complete']]).toEqual([
      true,
      '?0',
    ])
    const last = { headers: { 'upload-complete': '?1' } }
    expect((await append(server, two, 0, bytes.subarray(500_000), last)).status).toBe(201)
    expect((await append(server, one, 0, bytes.subarray(0, 500_000), last)).status).toBe(201)
    await expectWhole(whole)
  })

  test('a session of numbered chunks goes on over IETF while it has no gap', async () => {
    const begun = await ask(server, '/api/public/files/session/start', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(
        JSON.stringify({
          fileContext: 'bulkImport',
          totalChunks: 4,
          fileExtension: 'wav',
          fileName: 'a.wav',
          fileSize: 0,
        }),
      ),
    })
    const { sessionId: id } = JSON.parse(begun.body.toString()) as { sessionId: string }
    const chunk = async (number: number, bytes: Buffer): Promise<number> => {
      const form = new FormData()
      form.set('file', new Blob([new Uint8Array(bytes)]), 'blob')
      form.set('chunkNumber', String(number))
      const target = `${server.origin}/api/public/files/session/${id}`
      return (await fetch(target, { method: 'POST', headers: headers(), body: form })).status
    }
    expect(await chunk(0, bytes.subarray(0, 300_000))).toBeLessThan(300)
    const upload = `/files/${id}`
    const state = await head(server, upload)
    expect(state.headers).toMatchObject({ 'upload-offset': '300000', 'upload-complete': '?0' })
    expect(state.headers['upload-length']).toBeUndefined()
    expect((await append(server, upload, 300_000, bytes.subarray(300_000, 600_000))).status).toBe(204)
    expect(await chunk(3, Buffer.from('late'))).toBeLessThan(300)
    const gap = await append(server, upload, 600_000, bytes.subarray(600_000))
    expect([gap.status, gap.headers['upload-offset']]).toEqual([400, '600000'])
    expect(await chunk(3, bytes.subarray(900_000))).toBeLessThan(300)
    expect(await chunk(2, bytes.subarray(600_000, 900_000))).toBeLessThan(300)
    expect((await head(server, upload)).headers['upload-offset']).toBe('1000000')
  })

  const headers = () => ({ authorization: server.authorization })
  /** Sends `bytes` through a proxy that cuts; resolves with the path when the client gives up. */
  const cutShort = async (
    make: (endpoint: string, done: (error?: Error) => void) => { start(): void; url: string | null },
  ) => {
    const proxy = await startFaultProxy(server.origin)
    proxy.faults.cutAfter = 400_000
    try {
      const client = await new Promise<{ url: string | null }>((resolve, reject) => {
        const running = make(`${proxy.origin}/files`, (error) =>
          error ? resolve(running) : reject(new Error('no cut')),
        )
        running.start()
      })
      expect(proxy.hits).toBe(1)
      return new URL(client.url ?? '').pathname
    } finally {
      await proxy.close()
    }
  }
  const common = (done: (error?: Error) => void) => ({
    headers: headers(),
    retryDelays: [],
    storeFingerprintForResuming: false,
    onError: (error: Error) => done(error),
    onSuccess: () => done(),
  })
  const finish = (make: (done: (error?: Error) => void) => { start(): void }): Promise<void> =>
    new Promise((resolve, reject) => {
      make((error) => (error ? reject(error) : resolve())).start()
    })

  test.each(['ietf-draft-03', 'ietf-draft-05'] as const)(
    'a tus client is cut, a client of %s goes on',
    async (protocol) => {
      const upload = await cutShort((endpoint, done) => new Tus(bytes, { endpoint, ...common(done) }))
      const state = await head(server, upload)
      expect(Number(state.headers['upload-offset'])).toBeGreaterThan(0)
      const uploadUrl = server.origin + upload
      await finish((done) => new IETF(bytes, { uploadUrl, protocol, ...common(done) }))
      await expectWhole(upload)
    },
  )

  test.each(['ietf-draft-03', 'ietf-draft-05'] as const)(
    'a client of %s is cut, a tus client goes on',
    async (protocol) => {
      const upload = await cutShort(
        (endpoint, done) => new IETF(bytes, { endpoint, protocol, ...common(done) }),
      )
      const uploadUrl = server.origin + upload
      await finish((done) => new Tus(bytes, { uploadUrl, ...common(done) }))
      await expectWhole(upload)
    },
  )
})
