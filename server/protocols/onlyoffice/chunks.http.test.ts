import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import {
  anonymous,
  BOUNDARY,
  type Client,
  client,
  FORM,
  GONE,
  multipart,
  type Reply,
  sha256,
} from './support.ts'

let server: TestServer
let office: Client
let nobody: Client

beforeAll(async () => {
  server = await startServer()
  office = client(server)
  nobody = anonymous(server)
})
afterAll(() => server.dispose())

const begin = async (fileSize: number, fileName = 'a.bin'): Promise<string> =>
  (await office.begin({ fileName, fileSize, createNewIfExist: true })).location ?? ''

const content = async (done: Reply): Promise<Buffer> => office.download(done.body.data.file.viewUrl)

function refused({ status, headers, body }: Reply, message: string | RegExp): void {
  expect(status).toBe(200)
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(body).toMatchObject({ success: false, data: null })
  expect(body.message).toMatch(message)
}

test('mode B: chunks in order, 200 while bytes are missing, 201 with the file at the end', async () => {
  const bytes = randomBytes(300_000)
  const location = await begin(bytes.length)
  const first = await office.send(location, bytes.subarray(0, 200_000))
  expect(first.status).toBe(200)
  expect(first.body).toMatchObject({
    success: true,
    message: '',
    data: { bytes_uploaded: 200_000, bytes_total: 300_000 },
  })
  expect(first.body.data.path).toHaveLength(1)
  expect(first.body.data.location).toBe(location)
  const last = await office.send(location, bytes.subarray(200_000))
  expect(last.status).toBe(201)
  expect(last.body).toMatchObject({ success: true, message: '' })
  const { data } = last.body
  expect(data).toMatchObject({ version: 1, provider_key: null, uploaded: true })
  expect(data.file).toMatchObject({
    id: data.id,
    folderId: data.folderId,
    title: data.title,
    pureContentLength: 300_000,
    contentLength: '292.97 KB',
    fileExst: '.bin',
  })
  expect(sha256(await content(last))).toBe(sha256(bytes))
})

test('the handler answers at any letter case, below any prefix, to PUT and to raw bytes', async () => {
  const location = await begin(6)
  const uid = new URL(location).searchParams.get('uid')
  const raw = { 'content-type': 'application/octet-stream' }
  const paths = [
    '/Products/Files/ChunkedUploader.ashx',
    '/chunkeduploader.ASHX',
    '/files/x/CHUNKEDUPLOADER.ashx',
  ]
  for (const [index, path] of paths.entries()) {
    const { body } = await nobody.call('PUT', `${path}?UID=${uid}`, Buffer.from(`${index}`), raw)
    expect(body.data.bytes_uploaded).toBe(index + 1)
  }
  const named = multipart('3', 'files[]')
  expect((await nobody.call('POST', location, named, FORM)).body.data.bytes_uploaded).toBe(4)
  const curl = { 'content-type': `application/json; boundary=${BOUNDARY}` }
  expect((await nobody.call('POST', location, multipart('4'), curl)).body.data.bytes_uploaded).toBe(5)
  const formed = multipart('5', 'File', { uid: String(uid) })
  const done = await nobody.call('POST', '/ChunkedUploader.ashx', formed, FORM)
  expect(done.status).toBe(201)
  expect((await content(done)).toString()).toBe('012345')
})

test('Content-Range makes a resend idempotent, and a gap an error', async () => {
  const location = await begin(9)
  const range = (first: number, last: number) => ({ 'content-range': `bytes ${first}-${last}/9` })
  refused(await office.send(location, 'defg', range(3, 6)), /offset 0/)
  for (const _ of [1, 2]) {
    const { status, body } = await office.send(location, 'abc', range(0, 2))
    expect([status, body.data.bytes_uploaded]).toEqual([200, 3])
  }
  expect((await office.send(location, 'b', range(1, 1))).body.data.bytes_uploaded).toBe(3)
  refused(await office.send(location, 'cde', range(2, 4)), /offset 3/)
  refused(await office.send(location, 'de', range(3, 5)), /3 bytes, but 2/)
  refused(await office.send(location, 'x', { 'content-range': 'bytes later' }), /Content-Range/)
  expect(
    (await nobody.call('POST', `${location}&offset=3`, multipart('def'), FORM)).body.data.bytes_uploaded,
  ).toBe(6)
  expect(
    (await nobody.call('POST', `${location}&offset=3`, multipart('def'), FORM)).body.data.bytes_uploaded,
  ).toBe(6)
  const done = await office.send(location, 'ghi', range(6, 8))
  expect(done.status).toBe(201)
  const again = await office.send(location, 'ghi', range(6, 8))
  expect([again.status, again.body.data.id, again.body.data.version]).toEqual([201, done.body.data.id, 1])
  expect((await content(done)).toString()).toBe('abcdefghi')
})

test('of two plain chunks at once the second waits, however slow the first; GET never does', async () => {
  const location = await begin(8)
  const body = multipart('1234')
  let finish: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    finish = resolve
  })
  const stream = new ReadableStream({
    async start(controller) {
      controller.enqueue(new Uint8Array(body.subarray(0, -45)))
      await gate
      controller.enqueue(new Uint8Array(body.subarray(-45)))
      controller.close()
    },
  })
  const init = { method: 'POST', headers: FORM, body: stream, duplex: 'half' as const }
  const slow = fetch(location, init)
  slow.catch(() => null)
  await sleep(300)
  const second = office.send(location, '5678')
  await sleep(900)
  const before = Date.now()
  expect((await nobody.call('GET', location)).body.data.bytes_uploaded).toBe(0)
  expect(Date.now() - before).toBeLessThan(700)
  finish()
  expect((await slow).status).toBe(200)
  const done = await second
  expect(done.status).toBe(201)
  expect((await content(done)).toString()).toBe('12345678')
})

test('many plain chunks at once all count', async () => {
  const location = await begin(20 * 1000)
  const parts = Array.from({ length: 20 }, (_, index) => Buffer.alloc(1000, 65 + index))
  const answers = await Promise.all(parts.map((part) => office.send(location, part)))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(19).fill(200), 201])
  const done = answers.find(({ status }) => status === 201) as Reply
  const bytes = await content(done)
  const runs = new Set(
    Array.from({ length: 20 }, (_, at) => bytes.subarray(at * 1000, (at + 1) * 1000).toString()),
  )
  expect(runs).toEqual(new Set(parts.map((part) => part.toString())))
})

test('modes C and D: numbered chunks in any order, at once, twice; finalize puts them together', async () => {
  const parts = Array.from({ length: 8 }, (_, index) => randomBytes(10_000 + index))
  const bytes = Buffer.concat(parts)
  const location = await begin(bytes.length)
  const put = (number: number, part: Buffer | string) =>
    nobody.call('POST', `${location}&chunkNumber=${number}&upload=true`, multipart(part), FORM)
  expect((await put(3, randomBytes(10_002))).body.data.bytes_uploaded).toBe(10_002)
  refused(await nobody.call('POST', `${location}&finalize=true`), 'uploadSize != bytesTotal')
  const order = [8, 2, 3, 1, 7, 4, 6, 5, 2]
  const answers = await Promise.all(order.map((number) => put(number, parts[number - 1] as Buffer)))
  expect(answers.every(({ status, body }) => status === 200 && body.success === true)).toBe(true)
  expect((await nobody.call('GET', location)).body.data.bytes_uploaded).toBe(bytes.length)
  refused(await put(9, 'x'), /past the declared length/)
  const done = await nobody.call('POST', `${location}&finalize=true`)
  expect(done.status).toBe(201)
  expect(sha256(await content(done))).toBe(sha256(bytes))
  refused(await nobody.call('POST', `${location}&finalize=true`), GONE)
})

test.each(['0', '-1', '1.5', 'one', ''])('refuses the chunk number %j', async (number) => {
  const location = await begin(3)
  refused(
    await nobody.call('POST', `${location}&chunkNumber=${number}&upload=true`, multipart('abc'), FORM),
    /chunkNumber/,
  )
  refused(await nobody.call('POST', `${location}&upload=true`, multipart('abc'), FORM), /chunkNumber/)
  expect((await office.send(location, 'abc')).status).toBe(201)
})

test('mode E: abort, by query or form; then every method and flag finds it gone', async () => {
  const [location, other] = [await begin(9), await begin(9)]
  await office.send(location, 'abc')
  const aborted = await nobody.call('POST', `${location}&abort=true`)
  expect([aborted.status, aborted.body]).toEqual([200, { success: true, data: null, message: '' }])
  const { searchParams } = new URL(other)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const text = `uid=${searchParams.get('uid')}&abort=true`
  expect((await nobody.call('POST', '/ChunkedUploader.ashx', text, form)).body.success).toBe(true)
  for (const at of [location, other]) await expectGone(at)
})

async function expectGone(location: string): Promise<void> {
  for (const flag of ['', '&abort=true', '&finalize=true', '&upload=true&chunkNumber=1'])
    refused(await nobody.call('POST', location + flag, multipart('x'), FORM), GONE)
  refused(await nobody.call('GET', location), GONE)
  refused(await nobody.call('PUT', location, multipart('x'), FORM), GONE)
}

test('unknown, malformed and missing ids and finished uploads are gone', async () => {
  const handler = `${server.origin}/ChunkedUploader.ashx`
  for (const query of ['?uid=00000000000000000000000000000000', '?uid=..%2f..', '?uid=', '?x=1'])
    await expectGone(handler + query)
  refused(await nobody.call('POST', handler, multipart('x'), FORM), GONE)
  const location = await begin(1)
  const done = await office.send(location, 'x')
  await expectGone(location)
  expect((await content(done)).toString()).toBe('x')
})

test('flags count only as the exact word true', async () => {
  const location = await begin(6)
  const { status, body } = await nobody.call(
    'POST',
    `${location}&abort=True&finalize=1`,
    multipart('abc'),
    FORM,
  )
  expect([status, body.data.bytes_uploaded]).toEqual([200, 3])
})

test('a credential that names somebody else, or nobody, is refused; none is needed', async () => {
  const location = await begin(3)
  const bob = client(server, await addUser(server, 'bob'))
  refused(await bob.call('POST', location, multipart('abc'), FORM), GONE)
  refused(await client(server, 'Bearer wrong').call('GET', location), GONE)
  expect((await office.call('GET', location)).body.data.bytes_uploaded).toBe(0)
  const key = { 'x-api-key': server.key }
  expect((await nobody.call('POST', location, multipart('abc'), { ...FORM, ...key })).status).toBe(201)
})

test('sizes: too many bytes are refused and the upload lives on, none are an empty file', async () => {
  const location = await begin(4)
  refused(await office.send(location, 'abcde'), /past the declared length of 4 bytes/)
  refused(await office.send(location, ''), 'Empty file')
  expect((await nobody.call('GET', location)).body.data.bytes_uploaded).toBe(0)
  expect((await office.send(location, 'abcd')).status).toBe(201)
  const empty = await office.send(await begin(0), '')
  expect([empty.status, empty.body.data.file.pureContentLength]).toEqual([201, 0])
  expect((await content(empty)).length).toBe(0)
  const unknown = await office.send(await begin(0), 'size of the one chunk')
  expect([unknown.status, unknown.body.data.file.pureContentLength]).toEqual([201, 21])
})

test('a chunk over 128 MiB is refused before its bytes', async () => {
  const location = new URL(await begin(2 ** 31))
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(location.port), location.hostname, () => {
      const head = `POST ${location.pathname}${location.search} HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\n`
      socket.write(`${head}content-length: ${128 * 1024 * 1024 + 1}\r\n\r\n`)
    })
    let text = ''
    socket.on('data', (data) => {
      text += data.toString()
      if (!text.endsWith('}')) return
      resolve(text)
      socket.destroy()
    })
    socket.on('error', reject)
  })
  expect(answer).toMatch(/^HTTP\/1.1 200/)
  expect(answer).toContain('The maximum file size is exceeded (128 MB).')
})

test('what is no form with a file, or not whole, changes nothing', async () => {
  const location = await begin(3)
  const whole = multipart('abc')
  const text = { 'content-type': 'text/plain;charset=UTF-8' }
  refused(await nobody.call('POST', location), 'HttpRequest.Files is empty')
  refused(await nobody.call('POST', location, 'abc', text), 'HttpRequest.Files is empty')
  refused(
    await nobody.call('POST', location, '{}', { 'content-type': 'application/json' }),
    'HttpRequest.Files is empty',
  )
  const fieldOnly = Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--${BOUNDARY}--\r\n`,
  )
  refused(await nobody.call('POST', location, fieldOnly, FORM), 'HttpRequest.Files is empty')
  refused(await nobody.call('POST', location, whole.subarray(0, -6), FORM), /closing boundary/)
  refused(
    await nobody.call('POST', location, whole, { 'content-type': 'multipart/form-data; boundary=other' }),
    /boundary/,
  )
  refused(
    await nobody.call('POST', location, Buffer.from('abc'), { 'content-type': 'multipart/form-data' }),
    /boundary/,
  )
  const header = Buffer.from(`--${BOUNDARY}\r\nX: ${'x'.repeat(1_000_000)}\r\n\r\n`)
  refused(await nobody.call('POST', location, Buffer.concat([header, whole]), FORM), /header is longer/)
  const fields = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`f${index}`, '1']))
  refused(await nobody.call('POST', location, multipart('abc', 'file', fields), FORM), /at most 100 parts/)
  await cut(location, whole)
  const state = await nobody.call('GET', location)
  expect(state.body.data.bytes_uploaded).toBe(0)
  expect((await content(await office.send(location, 'abc'))).toString()).toBe('abc')
})

async function cut(location: string, body: Buffer): Promise<void> {
  const { hostname, port, pathname, search } = new URL(location)
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST ${pathname}${search} HTTP/1.1\r\nhost: x\r\ncontent-type: ${FORM['content-type']}\r\n`,
      )
      socket.write(`content-length: ${body.length}\r\n\r\n`)
      socket.write(body.subarray(0, -45), () => setTimeout(() => socket.destroy(), 50))
    })
    socket.on('error', reject)
    socket.on('close', () => setTimeout(resolve, 200))
  })
}

test('the preflight names what browsers ask for', async () => {
  const { status, headers, body } = await nobody.call('OPTIONS', await begin(1))
  expect([status, body]).toEqual([200, ''])
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(headers.get('access-control-allow-methods')).toContain('POST')
  for (const name of ['authorization', 'content-type', 'content-range', 'content-disposition'])
    expect(headers.get('access-control-allow-headers')).toContain(name)
})

test('each chunk renews the end of the upload', async () => {
  const { location = '', expired = '' } = await office.begin({ fileName: 'a', fileSize: 9 })
  await sleep(20)
  const { body } = await office.send(location, 'abc')
  expect(Date.parse(body.data.expired)).toBeGreaterThan(Date.parse(expired))
})

test('the REST twins do the same in the envelope, for the owner alone', async () => {
  const base = `/api/2.0/files/${await office.my()}/session`
  const start = async (fileSize: number): Promise<string> => {
    const fields = { fileName: 'rest.txt', fileSize, createNewIfExist: true }
    return `${base}/${(await office.json('POST', base, fields)).body.response.data.id}`
  }
  const plain = await start(6)
  const half = await office.call('POST', plain, multipart('abc', 'File'), FORM)
  expect([half.status, half.body.response.data.bytes_uploaded]).toEqual([200, 3])
  expect((await nobody.call('POST', plain, multipart('def'), FORM)).status).toBe(401)
  expect((await office.call('POST', plain, multipart('def'), FORM)).body.response.data.uploaded).toBe(true)
  const parts = await start(4)
  await office.call('POST', `${parts}/upload?chunkNumber=2`, multipart('34'), FORM)
  expect((await office.call('PUT', `${parts}/finalize`)).status).toBe(400)
  await office.call('POST', `${parts}/upload?chunkNumber=1`, multipart('12'), FORM)
  const done = await office.call('PUT', `${parts}/finalize`)
  expect(done.status).toBe(201)
  expect((await office.download(done.body.response.data.file.viewUrl)).toString()).toBe('1234')
  const given = await start(4)
  expect((await office.call('DELETE', given)).status).toBe(200)
  expect((await office.call('DELETE', given)).status).toBe(404)
})

test('a large chunk sent as a form that it is not is refused as such', async () => {
  const location = await begin(100_000)
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  refused(await nobody.call('POST', location, randomBytes(100_000), type), 'HttpRequest.Files is empty')
})

test('an upload of another protocol is unknown here, and ours is there', async () => {
  const fields = { fileContext: 'x', totalChunks: 1, fileExtension: 'wav', fileName: 'a.wav', fileSize: 1 }
  const kore = (await office.json('POST', '/api/public/files/session/start', fields)).body.sessionId as string
  await expectGone(`${server.origin}/ChunkedUploader.ashx?uid=${kore.replaceAll('-', '')}`)
  expect((await office.call('DELETE', `/api/public/files/session/${kore}`)).status).toBe(204)
  const uid = new URL(await begin(1)).searchParams.get('uid') ?? ''
  const id = uid.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  expect((await office.call('GET', `/api/public/files/session/${id}`)).status).toBe(404)
  const { body } = await office.call('GET', `/api/slipway/v1/sessions/${id}`)
  expect(body).toMatchObject({ id, protocol: 'onlyoffice', received: 0, size: 1 })
})
