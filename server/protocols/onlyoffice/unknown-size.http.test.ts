import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { type Client, client } from './support.ts'

let server: TestServer
let office: Client

beforeAll(async () => {
  server = await startServer()
  office = client(server)
})
afterAll(() => server.dispose())

const begin = async (): Promise<string> =>
  (await office.begin({ fileName: 'unknown.bin', fileSize: 0 })).location as string
const range = (first: number, last: number, total: number | '*') => ({
  'content-range': `bytes ${first}-${last}/${total}`,
})

test('a Content-Range tells the size nobody declared, so the first piece is not the whole file', async () => {
  const location = await begin()
  const first = await office.send(location, 'abc', range(0, 2, 6))
  expect([first.status, first.body.data.bytes_uploaded, first.body.data.bytes_total]).toEqual([200, 3, 6])
  const again = await office.send(location, 'abc', range(0, 2, 6))
  expect([again.status, again.body.data.bytes_uploaded]).toEqual([200, 3])
  const last = await office.send(location, 'def', range(3, 5, 6))
  expect(last.status).toBe(201)
  expect((await office.download(last.body.data.file.viewUrl)).toString()).toBe('abcdef')
})

test('one that covers the whole file, or does not tell its size, is the one chunk', async () => {
  expect((await office.send(await begin(), 'abc', range(0, 2, 3))).status).toBe(201)
  expect((await office.send(await begin(), 'abc', range(0, 2, '*'))).status).toBe(201)
})

test('one that ends beyond its own size is refused, and the upload lives on', async () => {
  const location = await begin()
  const { status, body } = await office.send(location, 'abc', range(0, 2, 2))
  expect([status, body.success, body.data]).toEqual([200, false, null])
  expect(body.message).toContain('Content-Range')
  expect((await office.send(location, 'abc')).status).toBe(201)
})
