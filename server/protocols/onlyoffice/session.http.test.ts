import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { anonymous, type Client, client } from './support.ts'

let server: TestServer
let office: Client
let folder: number

beforeAll(async () => {
  server = await startServer({ SLIPWAY_MAX_SIZE: '10000000' })
  office = client(server)
  folder = await office.my()
})
afterAll(() => server.dispose())

const path = (id: number | string = folder): string => `/api/2.0/files/${id}/upload/create_session`
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/

test('the answer is the real envelope and everything the guide promises beside it', async () => {
  const { status, body } = await office.json('POST', path(), {
    folderId: 1,
    FileName: 'a.txt',
    FileSize: 1234,
  })
  expect(status).toBe(200)
  expect(body).toMatchObject({ count: 1, status: 0, statusCode: 200, success: true })
  expect(body.links).toEqual([{ href: `${server.origin}${path()}`, action: 'POST' }])
  const { data } = body.response
  expect(body.response.success).toBe(true)
  expect(body.data).toEqual(data)
  expect(body).toMatchObject(data)
  expect(data.id).toMatch(/^[0-9a-f]{32}$/)
  expect(data).toMatchObject({ path: [folder], bytes_uploaded: 0, bytes_total: 1234 })
  expect(data.location).toBe(`${server.origin}/ChunkedUploader.ashx?uid=${data.id}`)
  expect([data.created, data.expired]).toEqual([expect.stringMatching(STAMP), expect.stringMatching(STAMP)])
  expect(Date.parse(data.expired) - Date.parse(data.created)).toBe(12 * 3600_000)
})

test.each([
  ['JSON, the guide', 'application/json', '{"FileName":"a","FileSize":"77","Encrypted":true}'],
  [
    'JSON, mixed',
    'application/json; charset=utf-8',
    '{"fileName":"a","filesize":77,"CreateNewIfExist":true,"x":{}}',
  ],
  ['a form', 'application/x-www-form-urlencoded', 'fileName=a&fileSize=77&encrypted=false'],
  ['no content type but JSON', 'application/x-www-form-urlencoded', '{"FILENAME":"a","FILESIZE":77}'],
])('takes %s', async (_, type, text) => {
  for (const end of ['', '.json']) {
    const { status, body } = await office.call('POST', path() + end, text, { 'content-type': type })
    expect(status).toBe(200)
    expect(body.bytes_total).toBe(77)
  }
})

test.each([
  ['no name', { fileSize: 1 }],
  ['an empty name', { fileName: ' ', fileSize: 1 }],
  ['a name that is no text', { fileName: 7 }],
  ['a negative size', { fileName: 'a', fileSize: -1 }],
  ['a fractional size', { fileName: 'a', fileSize: 1.5 }],
  ['a size in words', { fileName: 'a', fileSize: 'many' }],
  ['a flag that is none', { fileName: 'a', encrypted: 'perhaps' }],
  ['a path that is no text', { fileName: 'a', relativePath: ['x'] }],
])('refuses %s', async (_, fields) => {
  const { status, body } = await office.json('POST', path(), fields)
  expect(status).toBe(400)
  expect(body).toMatchObject({ status: 1, statusCode: 400, error: { message: expect.any(String) } })
})

test('refuses what is no JSON, unknown folders, readers, strangers and files too large', async () => {
  const type = { 'content-type': 'application/json' }
  expect((await office.call('POST', path(), '{"fileName":', type)).status).toBe(400)
  expect((await office.call('POST', path(), '[]', type)).status).toBe(400)
  for (const id of ['999999', 'sbox-1', '0', '-1', '..%2f..']) {
    const { status, body } = await office.json('POST', path(id), { fileName: 'a' })
    expect(status).toBe(404)
    expect(body.error.message).toBe('The required folder was not found')
  }
  expect((await anonymous(server).json('POST', path(), { fileName: 'a' })).status).toBe(401)
  const reader = client(server, await addUser(server, 'rita', ['reader']))
  expect((await reader.json('POST', path(await reader.my()), { fileName: 'a' })).status).toBe(403)
  const bob = client(server, await addUser(server, 'bob'))
  expect((await bob.json('POST', path(), { fileName: 'a' })).status).toBe(404)
  const large = await office.json('POST', path(), { fileName: 'a', fileSize: 10_000_001 })
  expect(large.status).toBe(402)
  expect(large.body.error.message).toBe('The maximum file size is exceeded (9.54 MB).')
})

test('relative paths become folders at once, and no name leads anywhere else', async () => {
  const { path: way = [] } = await office.begin({ fileName: 'a.txt', relativePath: 'x/../y*z' })
  expect(way).toHaveLength(4)
  const top = (await office.call('GET', '/api/2.0/files/@my')).body.response
  const x = top.folders.find(({ title }: { title: string }) => title === 'x')
  expect(x.id).toBe(way[1])
  const inX = (await office.call('GET', `/api/2.0/files/${way[1]}`)).body.response
  expect(inX.folders.map(({ title }: { title: string }) => title)).toEqual(['..'])
  const inDots = (await office.call('GET', `/api/2.0/files/${way[2]}`)).body.response
  expect(inDots.folders.map(({ title }: { title: string }) => title)).toEqual(['y_z'])
  const again = await office.begin({ fileName: 'b.txt', relativePath: 'x' })
  expect(again.path).toEqual([folder, way[1]])
  for (const relativePath of ['/x', '', null]) {
    expect((await office.begin({ fileName: 'c.txt', relativePath })).path).toEqual([folder])
  }
})

test.each([
  ['a*b+c:d"e<f>g?h|i\\j/k\tl\u0001m.txt', 'a_b_c_d_e_f_g_h_i_j_k_l_m.txt'],
  ['  Lärm 日本.docx ', 'Lärm 日本.docx'],
  [`${'x'.repeat(160)}.${'y'.repeat(30)}`, `${'x'.repeat(139)}.${'y'.repeat(30)}`],
  [`a.${'z'.repeat(300)}`, `a.${'z'.repeat(168)}`],
  ['..', '..'],
])('cleans the name %j', async (given, title) => {
  const done = await office.upload(given, 'x', { createNewIfExist: false })
  expect(done.title).toBe(title)
})

test.each([
  ['2008-04-10T06-30-00.000Z', '2008-04-10T06:30:00.0000000Z'],
  ['2008-04-10T06:30:00+02:00', '2008-04-10T04:30:00.0000000Z'],
  ['2008-04-10T06:30:00.1234567Z', '2008-04-10T06:30:00.1230000Z'],
  ['2008-04-10', '2008-04-10T00:00:00.0000000Z'],
  [{ utcTime: '2008-04-10T06:30:00.000Z', timeZoneOffset: '00:00:00' }, '2008-04-10T06:30:00.0000000Z'],
  ['yesterday', null],
])('createOn %j', async (createOn, expected) => {
  const done = await office.upload('dated.txt', 'x', { CreateOn: createOn, CreateNewIfExist: true })
  const { created } = done.file as unknown as { created: string }
  if (expected !== null) expect(created).toBe(expected)
  else expect(Math.abs(Date.parse(created) - Date.now())).toBeLessThan(60_000)
})

test('encrypted is kept as the flag it is', async () => {
  const done = await office.upload('secret.docx', 'cipher', { Encrypted: true })
  expect(done.file).toMatchObject({ encrypted: true })
  const info = await office.call('GET', `/api/2.0/files/file/${done.id}`)
  expect(info.body.response.encrypted).toBe(true)
})
