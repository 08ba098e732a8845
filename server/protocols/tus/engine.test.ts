import { once } from 'node:events'
import type { Server as HTTPServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DataStore, ERRORS, Server, Upload } from '@tus/server'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ByteRoutes, compileTrust, createHTTPServer } from '#http'
import { ALICE, openCore, type TestCore } from '#testing/core.ts'
import { tusProtocol } from './index.ts'
import { tusClient } from './support.ts'

/** What this room relies on in `@tus/server`: a change there must fail here, not in front of a client. */
describe('the seam to @tus/server', () => {
  class Spy extends DataStore {
    override extensions = ['creation', 'creation-defer-length']
    readonly seen: { piped: number; offset: number }[] = []
    override getUpload = (id: string) => Promise.resolve(new Upload({ id, offset: 3, size: 10 }))
    override async write(stream: AsyncIterable<Buffer>, _id: string, offset: number): Promise<number> {
      let piped = 0
      for await (const piece of stream) piped += piece.length
      this.seen.push({ piped, offset })
      return 10
    }
  }
  const store = new Spy()
  const server = new Server({ path: '/files', datastore: store })
  const patch = (headers: Record<string, string>) =>
    server.handleWeb(
      new Request('http://slipway.invalid/files/a', {
        method: 'PATCH',
        headers: {
          'tus-resumable': '1.0.0',
          'upload-offset': '3',
          'content-type': 'application/offset+octet-stream',
          ...headers,
        },
      }),
    )

  test('a request without its body but with its length reaches the store, which answers for the offset', async () => {
    const reply = await patch({ 'content-length': '7' })
    expect(reply.status).toBe(204)
    expect(reply.headers.get('upload-offset')).toBe('10')
    expect(store.seen.splice(0)).toEqual([{ piped: 0, offset: 3 }])
  })

  test('the length that is announced is still held against the length of the upload', async () => {
    expect((await patch({ 'content-length': '8' })).status).toBe(413)
    expect((await patch({ 'upload-offset': '2' })).status).toBe(409)
    expect(store.seen).toEqual([])
  })

  test('the errors that are translated are still the constants that are thrown', async () => {
    const thrown: unknown[] = []
    const spied = new Server({
      path: '/files',
      datastore: store,
      maxSize: 100,
      onResponseError: (_, error) => {
        thrown.push(error)
        return undefined
      },
    })
    const ask = (method: string, headers: Record<string, string>) =>
      spied.handleWeb(
        new Request('http://slipway.invalid/files/a', {
          method,
          headers: { 'tus-resumable': '1.0.0', ...headers },
        }),
      )
    const type = { 'content-type': 'application/offset+octet-stream' }
    await ask('PATCH', { ...type, 'upload-offset': '2' })
    await ask('PATCH', { ...type, 'upload-offset': '3', 'content-length': '8' })
    await ask('POST', { 'upload-length': '101' })
    expect(thrown).toEqual([ERRORS.INVALID_OFFSET, ERRORS.ERR_SIZE_EXCEEDED, ERRORS.ERR_MAX_SIZE_EXCEEDED])
  })
})

describe('the tus room', () => {
  let core: TestCore
  let http: HTTPServer
  let client: ReturnType<typeof tusClient>
  beforeAll(async () => {
    core = await openCore()
    const config = { maxSize: 1000, sessionTTL: null, publicURL: 'https://files.example', trustProxy: false }
    const log = { error: () => undefined }
    const tus = tusProtocol({ sessions: core.sessions, authenticate: async () => ALICE, config, log })
    const bytes = new ByteRoutes()
    bytes.on('POST', '/files', tus.handle)
    bytes.on(['PATCH', 'HEAD'], '/files/:id', tus.handle)
    const options = {
      bytes,
      log: pino({ level: 'silent' }),
      trust: compileTrust(false),
      publicURL: config.publicURL,
    }
    http = createHTTPServer(options, (_, res) => res.end())
    await once(http.listen(0, '127.0.0.1'), 'listening')
    const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
    client = tusClient({ origin, authorization: '' })
  })
  afterAll(async () => {
    http.close()
    await core.dispose()
  })

  test('hands the engine a request without a body, and the core the raw one', async () => {
    const engine = vi.spyOn(Server.prototype, 'handleWeb')
    const append = vi.spyOn(core.sessions, 'append')
    const bytes = Buffer.from('hello')
    const { pathname } = new URL(await client.create(bytes.length))
    const reply = await client.patch(pathname, 0, bytes)
    expect(reply).toMatchObject({ status: 204, headers: { 'upload-offset': '5' } })
    const request = engine.mock.calls.at(-1)?.[0]
    expect(request?.body).toBeNull()
    expect(request?.headers.get('content-length')).toBe('5')
    expect(append).toHaveBeenCalledOnce()
    expect(append.mock.calls[0]?.[2]).toMatchObject({ offset: 0, body: { length: 5 } })
  })

  test('a public URL is the URL of every upload', async () => {
    expect(await client.create(1)).toMatch(/^https:\/\/files\.example\/files\/[0-9a-f-]{36}$/)
  })
})
