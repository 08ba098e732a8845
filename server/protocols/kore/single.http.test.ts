import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { type Client, client, FILES, fetchBytes, field, filePart, form, multipart } from './support.ts'

const LIMIT = 25 * 1024 * 1024
let server: TestServer
let kore: Client

beforeAll(async () => {
  server = await startServer({ SLIPWAY_KORE_EXTENSIONS: 'json, .CSV' })
  kore = client(server)
})
afterAll(() => server.dispose())

test('one request gives a link and an id', async () => {
  const bytes = randomBytes(5000)
  const { status, headers, body } = await kore.upload(bytes, 'sample4.wav')
  expect(status).toBe(200)
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(Object.keys(body)).toEqual(['url', 'fileId'])
  expect(body.fileId).toMatch(/^[0-9a-f]{24}$/)
  expect(body.url).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/api\/getMediaStream\/orgFiles\/f-[0-9a-f-]{36}\.wav\?e=\d{10}&n=\d{10}&del=false&s=[^&]+%24&fileName=sample4\.wav$/,
  )
  expect((await fetchBytes(body.url)).equals(bytes)).toBe(true)
})

test('exactly 25 MiB are taken, one byte more is not', async () => {
  const bytes = Buffer.alloc(LIMIT + 1, 7)
  const most = await kore.upload(bytes.subarray(1), 'a.mp3')
  expect(most.status).toBe(200)
  expect((await fetchBytes(most.body.url)).length).toBe(LIMIT)
  const more = await kore.upload(bytes, 'a.mp3')
  expect(more.status).toBe(413)
  expect(more.body.errors[0]).toMatchObject({ code: 'FILE_TOO_LARGE', httpStatus: '413' })
})

test('the context may come before or behind the file, and no field is too many', async () => {
  const body = multipart(field('fileContext', 'findly'), field('isAdapter', 'true'), filePart('x', 'A.JPEG'))
  const { status, body: answer } = await kore.call('POST', FILES, body, form)
  expect(status).toBe(200)
  expect(answer.url).toContain('.jpeg?')
})

test.each([
  ['m4a'],
  ['mp3'],
  ['webm'],
  ['mp4'],
  ['mpga'],
  ['wav'],
  ['mpeg'],
  ['png'],
  ['jpeg'],
  ['jpg'],
  ['webp'],
  ['gif'],
  ['WAV'],
  ['json'],
  ['csv'],
])('takes .%s', async (extension) => {
  expect((await kore.upload('x', `a.${extension}`)).status).toBe(200)
})

test('tar only as a model', async () => {
  expect((await kore.upload('x', 'm.tar', 'model')).status).toBe(200)
  const { status, body } = await kore.upload('x', 'm.tar')
  expect(status).toBe(400)
  expect(body.errors[0].code).toBe('UNSUPPORTED_FILE_TYPE')
})

test.each([
  ['no context', multipart(filePart('x', 'a.wav')), 'VALIDATION_ERROR', /fileContext/],
  [
    'an empty context',
    multipart(filePart('x', 'a.wav'), field('fileContext', '')),
    'VALIDATION_ERROR',
    /fileContext/,
  ],
  [
    'a context with a path',
    multipart(filePart('x', 'a.wav'), field('fileContext', '../x')),
    'VALIDATION_ERROR',
    /fileContext/,
  ],
  ['no file', multipart(field('fileContext', 'bulkImport')), 'VALIDATION_ERROR', /file/],
  [
    'a wrong extension',
    multipart(filePart('x', 'a.exe'), field('fileContext', 'bulkImport')),
    'UNSUPPORTED_FILE_TYPE',
    /exe/,
  ],
  [
    'no extension',
    multipart(filePart('x', 'a'), field('fileContext', 'bulkImport')),
    'UNSUPPORTED_FILE_TYPE',
    /without an extension/,
  ],
  [
    'no end',
    multipart(filePart('x', 'a.wav'), field('fileContext', 'bulkImport')).subarray(0, -10),
    'VALIDATION_ERROR',
    /closing boundary/,
  ],
  ['no form', Buffer.from('{"a":1}'), 'VALIDATION_ERROR', /multipart/i],
])('refuses %s', async (_, body, code, why) => {
  const answer = await kore.call('POST', FILES, body, form)
  expect(answer.status).toBe(400)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect(answer.body.errors).toHaveLength(1)
  expect(answer.body.errors[0]).toMatchObject({ code, httpStatus: '400' })
  expect(answer.body.errors[0].msg).toMatch(why)
})

test('no key, a wrong key and a reader are refused before a byte is read', async () => {
  for (const headers of [{}, { 'x-api-key': 'kg-wrong' }]) {
    const { status, body } = await client(server, headers as Record<string, string>).upload('x', 'a.wav')
    expect(status).toBe(401)
    expect(body.errors[0]).toMatchObject({ code: 'UNAUTHORIZED', httpStatus: '401' })
  }
  const authorization = await addUser(server, 'rita', ['reader'])
  const { status, body } = await client(server, { authorization }).upload('x', 'a.wav')
  expect(status).toBe(403)
  expect(body.errors[0].httpStatus).toBe('403')
})

test('names keep their letters and lose their paths', async () => {
  const { body } = await kore.upload('x', '..\\..//Lärm 日本\u0001.wav')
  expect(new URL(body.url).searchParams.get('fileName')).toBe('Lärm 日本.wav')
})
