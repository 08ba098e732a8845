import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { type Client, client, FORM, GONE, multipart } from './support.ts'

const LEAST = 10 * 1024 * 1024
let server: TestServer
let office: Client

beforeAll(async () => {
  server = await startServer({ SLIPWAY_STRICT: 'onlyoffice' })
  office = client(server)
})
afterAll(() => server.dispose())

test('the documented rule: multiples of 512, 10 MiB at least, the last chunk free', async () => {
  const { location = '' } = await office.begin({ fileName: 'a.bin', fileSize: LEAST + 700 })
  for (const size of [1000, LEAST - 512, LEAST + 1]) {
    const { status, body } = await office.send(location, Buffer.alloc(size))
    expect([status, body.success]).toEqual([200, false])
    expect(body.message).toContain('512')
  }
  expect((await office.send(location, Buffer.alloc(LEAST))).body.data.bytes_uploaded).toBe(LEAST)
  expect((await office.send(location, Buffer.alloc(700))).status).toBe(201)
})

test('numbered chunks keep it too: only the highest number may be irregular', async () => {
  const { location = '' } = await office.begin({ fileName: 'b.bin', fileSize: LEAST + 700 })
  const put = (number: number, size: number) =>
    office.call('POST', `${location}&chunkNumber=${number}&upload=true`, multipart(Buffer.alloc(size)), FORM)
  expect((await put(2, 700)).body.success).toBe(true)
  expect((await put(1, 700)).body.success).toBe(false)
  expect((await put(1, LEAST)).body.success).toBe(true)
  expect((await office.call('POST', `${location}&finalize=true`)).status).toBe(201)
})

test('an upload lives as long as chunks come, and is gone after', async () => {
  const short = await startServer({ SLIPWAY_SESSION_TTL: '3s' })
  try {
    const sender = client(short)
    const { location = '' } = await sender.begin({ fileName: 'c.bin', fileSize: 9 })
    await sleep(1800)
    expect((await sender.send(location, 'abc')).body.success).toBe(true)
    await sleep(1800)
    expect((await sender.call('GET', location)).body.data.bytes_uploaded).toBe(3)
    await sleep(1800)
    for (const flag of ['', '&finalize=true', '&abort=true'])
      expect((await sender.call('POST', location + flag, multipart('x'), FORM)).body).toEqual({
        success: false,
        data: null,
        message: GONE,
      })
  } finally {
    await short.dispose()
  }
})
