import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { append, ask, create, head, path } from './support.ts'

describe('offset retrieval', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  test('says where an unfinished upload stands', async () => {
    const upload = path(
      await create(server, { body: Buffer.from('12345'), headers: { 'upload-length': '20' } }),
    )
    const reply = await head(server, upload)
    expect(reply.status).toBe(204)
    expect(reply.headers).toMatchObject({
      'upload-offset': '5',
      'upload-complete': '?0',
      'upload-length': '20',
      'cache-control': 'no-store',
    })
    expect(reply.headers['upload-limit']).toMatch(/^max-size=\d+, min-size=0, max-age=\d+$/)
    expect(reply.interim).toEqual([])
  })

  test('says nothing of a length it was not told', async () => {
    const upload = path(await create(server))
    expect((await head(server, upload)).headers['upload-length']).toBeUndefined()
    await append(server, upload, 0, Buffer.from('123'), { headers: { 'upload-length': '9' } })
    expect((await head(server, upload)).headers['upload-length']).toBe('9')
  })

  test('says that a complete upload is complete, and no lifetime', async () => {
    const upload = path(
      await create(server, { body: Buffer.from('123'), headers: { 'upload-complete': '?1' } }),
    )
    const reply = await head(server, upload)
    expect(reply.status).toBe(204)
    expect(reply.headers).toMatchObject({
      'upload-offset': '3',
      'upload-complete': '?1',
      'upload-length': '3',
    })
    expect(reply.headers['upload-limit']).not.toMatch(/max-age/)
  })

  test('leaves a running append alone', async () => {
    const upload = path(await create(server))
    const pieces = Array.from({ length: 25 }, () => Buffer.alloc(1000))
    const running = append(server, upload, 0, pieces, { pause: 60 })
    const seen: number[] = []
    for (let asked = 0; asked < 5; asked += 1) {
      const start = performance.now()
      const reply = await head(server, upload)
      expect([reply.status, reply.headers['upload-complete']]).toEqual([204, '?0'])
      expect(performance.now() - start).toBeLessThan(500)
      seen.push(Number(reply.headers['upload-offset']))
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect((await running).headers['upload-offset']).toBe('25000')
  })

  test('is answered without a version too', async () => {
    const upload = path(await create(server))
    const reply = await ask(server, upload, { method: 'HEAD' })
    expect([reply.status, reply.headers['upload-complete']]).toEqual([204, '?0'])
  })

  test('is for those who may see the upload', async () => {
    const upload = path(await create(server))
    expect((await head(server, upload, { authorization: null })).status).toBe(401)
    expect((await head(server, upload, { authorization: await addUser(server, 'bob') })).status).toBe(404)
    expect((await head(server, '/files/nothing')).status).toBe(404)
    expect((await head(server, `${upload}/`)).status).toBe(204)
  })
})
