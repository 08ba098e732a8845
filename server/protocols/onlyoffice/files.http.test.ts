import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { anonymous, BOUNDARY, type Client, client, FORM, multipart, sha256 } from './support.ts'

let server: TestServer
let office: Client
let folder: number

beforeAll(async () => {
  server = await startServer()
  office = client(server)
  folder = await office.my()
})
afterAll(() => server.dispose())

type File = { id: number; title: string; version: number; viewUrl: string }
const get = async (path: string) => (await office.call('GET', `/api/2.0/files/${path}`)).body.response
const upload = (path: string, bytes: string, more: Record<string, string> = {}) =>
  office.call('POST', `/api/2.0/files/${folder}/${path}`, multipart(bytes, 'file', more), FORM)

test('the same title is a new version, and older ones stay readable', async () => {
  const first = await office.upload('report.docx', 'one')
  const second = await office.upload('report.docx', 'two!', { createNewIfExist: false })
  expect([second.id, second.version, second.title]).toEqual([first.id, 2, 'report.docx'])
  const info = await get(`file/${first.id}`)
  expect(info).toMatchObject({
    id: first.id,
    version: 2,
    pureContentLength: 4,
    contentLength: '4 bytes',
    folderId: folder,
  })
  expect((await office.download(info.viewUrl)).toString()).toBe('two!')
  expect((await office.download(`${info.viewUrl}&version=1`)).toString()).toBe('one')
  const versions: File[] = await get(`file/${first.id}/history`)
  expect(versions.map(({ version }) => version)).toEqual([2, 1])
  expect((await office.download(versions[1]?.viewUrl ?? '')).toString()).toBe('one')
  expect((await office.call('GET', `${info.viewUrl}&version=3`)).status).toBe(404)
})

test('createNewIfExist numbers the title before the last dot', async () => {
  const titles = []
  for (const _ of [1, 2, 3])
    titles.push((await office.upload('n.tar.gz', 'x', { createNewIfExist: true })).title)
  expect(titles).toEqual(['n.tar.gz', 'n.tar (1).gz', 'n.tar (2).gz'])
})

test('a title is fixed when the session begins: two at once may end alike', async () => {
  const fields = { fileName: 'twin.txt', fileSize: 1 }
  const [one, two] = [await office.begin(fields), await office.begin(fields)]
  const done = [await office.send(one.location ?? '', '1'), await office.send(two.location ?? '', '2')]
  const [first, second] = done.map(({ body }) => body.data)
  expect([first.title, second.title, first.version, second.version]).toEqual(['twin.txt', 'twin.txt', 1, 1])
  expect(first.id).not.toBe(second.id)
})

test('an encrypted file is never overwritten', async () => {
  const first = await office.upload('sealed.docx', 'x', { encrypted: true })
  const second = await office.upload('sealed.docx', 'y')
  expect([second.title, second.version]).toEqual(['sealed.docx', 1])
  expect(second.id).not.toBe(first.id)
})

test('edit_session brings new content, its size in the body or the query', async () => {
  const { id } = await office.upload('edit.txt', 'old')
  const path = `/api/2.0/files/file/${id}/edit_session`
  for (const [at, document, text] of [
    [path, { fileSize: 5 }, 'newer'],
    [`${path}?fileSize=6`, {}, 'newest'],
  ] as const) {
    const { status, body } = await office.json('POST', at, document)
    expect(status).toBe(200)
    const { data } = await (await office.send(body.response.data.location, text)).body
    expect(data).toMatchObject({ id, title: 'edit.txt' })
    expect((await office.download(data.file.viewUrl)).toString()).toBe(text)
  }
  expect((await get(`file/${id}`)).version).toBe(3)
  expect((await office.json('POST', '/api/2.0/files/file/999999/edit_session', { fileSize: 1 })).status).toBe(
    404,
  )
})

test('folders and files are listed with the folder they lie in', async () => {
  const made = await office.json('POST', `/api/2.0/files/folder/${folder}`, { title: 'Übersicht/2025' })
  expect(made.status).toBe(200)
  expect(made.body.response).toMatchObject({ title: 'Übersicht_2025', parentId: folder, filesCount: 0 })
  const { id } = made.body.response
  const { location = '' } = await office.begin({ fileName: 'in.txt', fileSize: 2, relativePath: 'deep' }, id)
  await office.send(location, 'in')
  const list = await get(String(id))
  expect(list.current).toMatchObject({ id, title: 'Übersicht_2025', foldersCount: 1, rootFolderId: folder })
  expect(list).toMatchObject({ files: [], total: 1, count: 1 })
  const [deep] = list.folders
  expect(Object.keys(deep)).toEqual(Object.keys(list.current))
  const files: File[] = (await get(String(deep.id))).files
  expect(files.map(({ title, version }) => [title, version])).toEqual([['in.txt', 1]])
  const page = await get(`${folder}?count=1&startIndex=1`)
  expect(page).toMatchObject({ count: 1, startIndex: 1 })
  expect((await office.json('POST', `/api/2.0/files/folder/${folder}`, {})).status).toBe(400)
  expect((await office.json('POST', '/api/2.0/files/folder/999999', { title: 'x' })).status).toBe(404)
})

test('upload/check tells the titles that exist', async () => {
  await office.upload('there.txt', 'x')
  const { body } = await office.json('POST', `/api/2.0/files/${folder}/upload/check`, {
    filesTitle: ['there.txt', 'not.txt'],
  })
  expect(body.response).toEqual(['there.txt'])
})

test('a file in one form, by upload or insert', async () => {
  const plain = await upload('upload', 'plain')
  expect(plain.status).toBe(200)
  expect(plain.body.response).toMatchObject({ title: 'blob', version: 1, pureContentLength: 5 })
  const named = await upload('insert', 'named', { title: 'named.txt', createNewIfExist: 'true' })
  expect(named.body.response.title).toBe('named.txt')
  expect(
    (await upload('insert', 'again', { title: 'named.txt', createNewIfExist: 'true' })).body.response.title,
  ).toBe('named (1).txt')
  expect((await upload('insert', 'version', { title: 'named.txt' })).body.response.version).toBe(2)
  const two = Buffer.concat([
    multipart('1').subarray(0, multipart('1').lastIndexOf(`--${BOUNDARY}`)),
    multipart('2'),
  ])
  expect((await office.call('POST', `/api/2.0/files/${folder}/upload`, two, FORM)).status).toBe(400)
  expect((await office.call('POST', `/api/2.0/files/${folder}/upload`, '{}')).status).toBe(400)
})

test('downloads serve ranges to whoever may read, and nobody else', async () => {
  const bytes = randomBytes(50_000)
  const { id } = await office.upload('Größe.bin', bytes)
  const url = `/filehandler.ashx?action=download&fileid=${id}`
  const whole = await fetch(server.origin + url, { headers: { authorization: server.authorization } })
  expect(whole.headers.get('accept-ranges')).toBe('bytes')
  expect(whole.headers.get('content-disposition')).toContain("filename*=UTF-8''Gr%C3%B6%C3%9Fe.bin")
  expect(sha256(Buffer.from(await whole.arrayBuffer()))).toBe(sha256(bytes))
  const part = await office.call(
    'GET',
    `/Products/Files/HttpHandlers/FileHandler.ashx?ACTION=download&fileID=${id}`,
    undefined,
    { range: 'bytes=-10' },
  )
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 49990-49999/50000'])
  expect((await office.call('GET', `/api/2.0/files/file/${id}/presigneduri`)).body.response).toContain(url)
  expect((await anonymous(server).call('GET', url)).status).toBe(401)
  const bob = client(server, await addUser(server, 'bob'))
  for (const path of [url, `/api/2.0/files/file/${id}`, `/api/2.0/files/${folder}`])
    expect((await bob.call('GET', path)).status).toBe(404)
  const missing = await office.call('GET', '/api/2.0/files/file/999999')
  expect(missing.body.error.message).toBe('The required file was not found')
})

test('sign-in gives a token for the header, with or without Bearer, and the cookie', async () => {
  const [userName, password] = Buffer.from(server.authorization.slice(6), 'base64').toString().split(/:(.*)/)
  const nobody = anonymous(server)
  const { status, body } = await nobody.json('POST', '/api/2.0/authentication.json', { userName, password })
  expect(status).toBe(201)
  expect(body.response).toMatchObject({ token: expect.any(String), expires: expect.stringMatching(/Z$/) })
  const { token } = body.response
  for (const headers of [
    { authorization: token },
    { authorization: `Bearer ${token}` },
    { cookie: `asc_auth_key=${token}` },
  ])
    expect((await nobody.call('GET', '/api/2.0/files/@my', undefined, headers)).status).toBe(200)
  const wrong = await nobody.json('POST', '/api/2.0/authentication', { userName, password: 'wrong' })
  expect(wrong.status).toBe(401)
  expect(wrong.body).toMatchObject({ error: { message: expect.any(String) }, status: 1, statusCode: 401 })
  expect((await nobody.json('POST', '/api/2.0/authentication', { userName })).status).toBe(400)
})

test('unknown paths and methods have the form of the API', async () => {
  const nowhere = await office.call('GET', '/api/2.0/people')
  expect([nowhere.status, nowhere.body.statusCode]).toEqual([404, 404])
  const method = await office.call('DELETE', '/api/2.0/files/@my')
  expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET, OPTIONS'])
})
