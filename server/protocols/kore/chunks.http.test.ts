import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import {
  BOUNDARY,
  type Client,
  client,
  FILES,
  fetchBytes,
  field,
  filePart,
  form,
  multipart,
  sha256,
} from './support.ts'

let server: TestServer
let kore: Client

beforeAll(async () => {
  server = await startServer()
  kore = client(server)
})
afterAll(() => server.dispose())

async function begin(fileSize: number, totalChunks: number): Promise<string> {
  const { status, body } = await kore.start({ fileSize, totalChunks })
  expect(status).toBe(200)
  return body.sessionId
}

test('start answers with an id and an end that does not slide', async () => {
  const before = Date.now()
  const { status, body } = await kore.start({ fileSize: '3', totalChunks: '1', modelId: 'cm-1', unknown: {} })
  expect(status).toBe(200)
  expect(Object.keys(body)).toEqual(['sessionId', 'expirationDate'])
  expect(body.sessionId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(body.expirationDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect(Date.parse(body.expirationDate) - before).toBeGreaterThan(86_390_000)
  expect((await kore.chunk(body.sessionId, 0, 'abc')).status).toBe(200)
  const state = await kore.call('GET', `${FILES}/session/${body.sessionId}`)
  expect(state.body.expirationDate).toBe(body.expirationDate)
})

test('start needs no content type', async () => {
  const document = {
    fileContext: 'x',
    totalChunks: 1,
    fileExtension: '.JPG',
    fileName: 'Rent.jpeg',
    fileSize: 1,
  }
  const bytes = Buffer.from(JSON.stringify(document))
  expect((await kore.call('POST', `${FILES}/session/start`, bytes)).status).toBe(200)
})

test.each([
  ['fileContext', undefined],
  ['fileContext', ''],
  ['fileContext', 7],
  ['fileContext', 'x'.repeat(65)],
  ['totalChunks', 0],
  ['totalChunks', -1],
  ['totalChunks', 1.5],
  ['totalChunks', 'two'],
  ['totalChunks', true],
  ['fileExtension', undefined],
  ['fileExtension', 'mp3'],
  ['fileName', ''],
  ['fileName', 12],
  ['fileName', `${'x'.repeat(4096)}.wav`],
  ['fileSize', -1],
  ['fileSize', null],
  ['fileSize', '1e3'],
])('start refuses %s = %j', async (name, value) => {
  const { status, body } = await kore.start({ [name]: value })
  expect(status).toBe(400)
  expect(body.errors[0]).toMatchObject({ code: 'VALIDATION_ERROR', httpStatus: '400' })
  expect(body.errors[0].msg).toContain(name)
})

test('start refuses what is no JSON, wrong extensions and files too large', async () => {
  const path = `${FILES}/session/start`
  expect((await kore.call('POST', path, '{"fileContext":')).body.errors[0].code).toBe('VALIDATION_ERROR')
  expect((await kore.call('POST', path, '[]')).body.errors[0].msg).toContain('JSON object')
  const sent = { 'content-type': `application/json; boundary=${BOUNDARY}` }
  expect((await kore.call('POST', path, multipart(filePart('x')), sent)).status).toBe(400)
  expect((await kore.start({ fileExtension: 'exe', fileName: 'a.exe' })).body.errors[0].code).toBe(
    'UNSUPPORTED_FILE_TYPE',
  )
  const large = await kore.start({ fileSize: 2 ** 41 })
  expect(large.status).toBe(413)
  expect(large.body.errors[0].code).toBe('FILE_TOO_LARGE')
})

test('chunks come in any order, twice, and side by side', async () => {
  const parts = Array.from({ length: 9 }, (_, n) => randomBytes(20_000 + n * 3111))
  const whole = Buffer.concat(parts)
  const id = await begin(whole.length, parts.length)
  const order = [8, 0, 3, 3, 7, 1, 5, 2, 6, 4, 0]
  const answers = await Promise.all(order.map((n) => kore.chunk(id, n, parts[n] ?? '')))
  expect(answers.map(({ status }) => status)).toEqual(order.map(() => 200))
  expect(answers[2]?.body).toEqual({ chunkNumber: '3', sessionId: id })
  const done = await kore.complete(id)
  expect(done.status).toBe(200)
  expect(sha256(await fetchBytes(done.body.url))).toBe(sha256(whole))
})

test('the last complete write of a chunk wins; a broken one leaves the copy before', async () => {
  const id = await begin(6, 2)
  await kore.chunk(id, 1, 'xyz')
  await kore.chunk(id, 0, 'old')
  expect((await kore.chunk(id, 0, 'new')).status).toBe(200)
  await cut(id, 'bad', 0)
  const done = await kore.complete(id)
  expect((await fetchBytes(done.body.url)).toString()).toBe('newxyz')
})

/** Sends the head and a part of a chunk, then drops the connection. */
async function cut(id: string, bytes: string, number: number): Promise<void> {
  const body = multipart(field('chunkNumber', String(number)), filePart(bytes.repeat(100)))
  const { hostname, port } = new URL(server.origin)
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST ${FILES}/session/${id} HTTP/1.1\r\nhost: x\r\nx-api-key: ${server.key}\r\n` +
          `content-type: ${form['content-type']}\r\ncontent-length: ${body.length}\r\n\r\n`,
      )
      socket.write(body.subarray(0, -60), () => setTimeout(() => socket.destroy(), 50))
    })
    socket.on('error', reject)
    socket.on('close', () => setTimeout(resolve, 100))
  })
}

test('missing chunks are named and can be sent after', async () => {
  const id = await begin(8, 4)
  await kore.chunk(id, 0, 'aa')
  await kore.chunk(id, 2, 'cc')
  const missing = await kore.complete(id)
  expect(missing.status).toBe(400)
  expect(missing.body).toEqual({
    errors: [{ msg: 'Missing chunks: 1, 3', code: 'MISSING_CHUNKS', httpStatus: '400' }],
    missingChunks: [1, 3],
  })
  const state = await kore.call('GET', `${FILES}/session/${id}`)
  expect(state.body).toMatchObject({
    sessionId: id,
    totalChunks: 4,
    receivedChunks: [0, 2],
    missingChunks: [1, 3],
  })
  await kore.chunk(id, 1, 'bb')
  await kore.chunk(id, 3, 'dd')
  const done = await kore.complete(id)
  expect((await fetchBytes(done.body.url)).toString()).toBe('aabbccdd')
})

test('a sum that is not the file size is told with both, and can be repaired', async () => {
  const id = await begin(291, 1)
  await kore.chunk(id, 0, Buffer.alloc(290))
  const wrong = await kore.complete(id)
  expect(wrong.status).toBe(400)
  expect(wrong.body.errors[0]).toMatchObject({ code: 'FILE_SIZE_MISMATCH', httpStatus: '400' })
  expect(wrong.body.errors[0].msg).toMatch(/\b291\b.*\b290\b/)
  await kore.chunk(id, 0, Buffer.alloc(291))
  expect((await kore.complete(id)).status).toBe(200)
})

test('empty chunks and empty files are files too', async () => {
  const last = await begin(4, 2)
  await kore.chunk(last, 0, 'full')
  expect((await kore.chunk(last, 1, '')).status).toBe(200)
  expect((await fetchBytes((await kore.complete(last)).body.url)).toString()).toBe('full')
  const empty = await begin(0, 1)
  await kore.chunk(empty, 0, '')
  expect((await fetchBytes((await kore.complete(empty)).body.url)).length).toBe(0)
})

test.each([['2'], ['-1'], ['1.0'], ['0x1'], ['one'], ['99999999999999999999'], [' 0']])(
  'refuses chunk number %j and names the range',
  async (number) => {
    const id = await begin(2, 2)
    const { status, body } = await kore.chunk(id, number, 'x')
    expect(status).toBe(400)
    expect(body.errors[0]).toMatchObject({ code: 'INVALID_CHUNK_NUMBER', httpStatus: '400' })
    expect(body.errors[0].msg).toContain('0 to 1')
    expect((await kore.call('GET', `${FILES}/session/${id}`)).body.receivedChunks).toEqual([])
  },
)

test('refuses forms without a number, without a file, or broken behind the file', async () => {
  const id = await begin(1, 1)
  const path = `${FILES}/session/${id}`
  const bodies = {
    chunkNumber: multipart(filePart('x')),
    file: multipart(field('chunkNumber', '0')),
    boundary: multipart(filePart('x'), field('chunkNumber', '0')).subarray(0, -4),
  }
  for (const [name, body] of Object.entries(bodies)) {
    const answer = await kore.call('POST', path, body, form)
    expect(answer.status).toBe(400)
    expect(answer.body.errors[0]).toMatchObject({ code: 'VALIDATION_ERROR' })
    expect(answer.body.errors[0].msg).toContain(name)
  }
  expect((await kore.call('GET', path)).body.receivedChunks).toEqual([])
})

test('a chunk in base64 is decoded, whatever the semicolons', async () => {
  const id = await begin(9, 1)
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file";\r\nContent-Transfer-Encoding: base64\r\n\r\n`
  const rest = multipart(field('chunkNumber', '0'))
  const body = Buffer.concat([Buffer.from(`${head}${Buffer.from('the bytes').toString('base64')}\r\n`), rest])
  expect((await kore.call('POST', `${FILES}/session/${id}`, body, form)).status).toBe(200)
  expect((await fetchBytes((await kore.complete(id)).body.url)).toString()).toBe('the bytes')
})

test('a chunk under way holds up nobody, and is missing until it is whole', async () => {
  const id = await begin(6, 2)
  await kore.chunk(id, 0, 'abc')
  const body = multipart(field('chunkNumber', '1'), filePart('def'))
  let finish: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    finish = resolve
  })
  const stream = new ReadableStream({
    async start(controller) {
      controller.enqueue(new Uint8Array(body.subarray(0, -50)))
      await gate
      controller.enqueue(new Uint8Array(body.subarray(-50)))
      controller.close()
    },
  })
  const init = {
    method: 'POST',
    headers: { ...kore.headers, ...form },
    body: stream,
    duplex: 'half' as const,
  }
  const slow = fetch(`${server.origin}${FILES}/session/${id}`, init)
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect((await kore.complete(id)).body.missingChunks).toEqual([1])
  expect((await kore.chunk(id, 0, 'ABC')).status).toBe(200)
  finish()
  expect((await slow).status).toBe(200)
  expect((await fetchBytes((await kore.complete(id)).body.url)).toString()).toBe('ABCdef')
})

test('complete says the same again, to many at once, and no chunk comes after', async () => {
  const id = await begin(3, 1)
  await kore.chunk(id, 0, 'abc')
  const answers = await Promise.all(Array.from({ length: 8 }, () => kore.complete(id)))
  const bodies = new Set(answers.map(({ body }) => JSON.stringify(body)))
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  expect(bodies.size).toBe(1)
  const odd = { 'content-type': 'application/json' }
  expect((await kore.call('POST', `${FILES}/session/${id}/complete/`, '{"not', odd)).body).toEqual(
    answers[0]?.body,
  )
  const late = await kore.chunk(id, 0, 'xyz')
  expect(late.status).toBe(409)
  expect(late.body.errors[0].code).toBe('SESSION_COMPLETED')
  expect((await kore.call('DELETE', `${FILES}/session/${id}`)).status).toBe(409)
})

test("somebody else's session, an unknown one and an aborted one are not there", async () => {
  const id = await begin(3, 1)
  const bob = client(server, { authorization: await addUser(server, 'bob') })
  const gone = await begin(3, 1)
  expect((await kore.call('DELETE', `${FILES}/session/${gone}`)).status).toBe(204)
  const answers = [
    await bob.chunk(id, 0, 'abc'),
    await bob.complete(id),
    await bob.call('GET', `${FILES}/session/${id}`),
    await kore.chunk('00000000-0000-4000-8000-000000000000', 0, 'abc'),
    await kore.chunk('..%2f..%2fetc', 0, 'abc'),
    await kore.complete(gone),
    await kore.chunk(gone, 0, 'abc'),
    await kore.call('GET', `${FILES}/session/${gone}`),
    await kore.call('DELETE', `${FILES}/session/${gone}`),
  ]
  for (const { status, body } of answers) {
    expect(status).toBe(404)
    expect(body.errors[0]).toMatchObject({ code: 'SESSION_NOT_FOUND', httpStatus: '404' })
  }
})

test('other methods, other paths, slashes too many and the preflight', async () => {
  const wrong = await kore.call('PUT', FILES)
  expect(wrong.status).toBe(405)
  expect(wrong.headers.get('allow')).toContain('POST')
  expect(wrong.body.errors[0]).toMatchObject({ code: 'METHOD_NOT_ALLOWED', httpStatus: '405' })
  expect((await kore.call('GET', `${FILES}/session/start`)).status).toBe(405)
  expect((await kore.call('GET', `${FILES}/elsewhere`)).body.errors[0].httpStatus).toBe('404')
  const id = await begin(1, 1)
  expect((await kore.call('GET', `//api/public//files/session/${id}/`)).status).toBe(200)
  const preflight = await client(server, {}).call('OPTIONS', `${FILES}/session/${id}`)
  expect(preflight.status).toBeLessThan(300)
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  expect(preflight.headers.get('access-control-allow-methods')).toContain('POST')
  expect(preflight.headers.get('access-control-allow-headers')).toMatch(/content-type.*x-api-key/)
})

test('a chunk over 100 MiB is refused by its length, before its bytes', async () => {
  const id = await begin(2 ** 30, 2)
  const { hostname, port } = new URL(server.origin)
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST ${FILES}/session/${id} HTTP/1.1\r\nhost: x\r\nx-api-key: ${server.key}\r\n` +
          `content-type: ${form['content-type']}\r\ncontent-length: 200000000\r\n\r\n`,
      )
    })
    socket.once('data', (data) => {
      resolve(data.toString())
      socket.destroy()
    })
    socket.on('error', reject)
  })
  expect(answer).toMatch(/^HTTP\/1.1 413/)
})
