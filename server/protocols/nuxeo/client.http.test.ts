import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import Nuxeo from 'nuxeo'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'

const WORKSPACES = '/default-domain/workspaces'
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex')

/** npm `nuxeo` 4.0.6, unchanged. */
describe('npm nuxeo', () => {
  let server: TestServer
  let nuxeo: Nuxeo
  beforeAll(async () => {
    server = await startServer()
    nuxeo = clientOf(server)
  })
  afterAll(() => server.dispose())

  const blob = (name: string, content: Buffer | Readable | string, size = (content as Buffer).length) =>
    new Nuxeo.Blob({ content, name, mimeType: 'text/plain', size })
  const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer())

  test('connects', async () => {
    const connected = await nuxeo.connect()
    expect(connected.connected).toBe(true)
    expect(connected.nuxeoVersion).toBe('2023.0')
    expect(connected.user).toMatchObject({ 'entity-type': 'user', id: 'admin' })
    expect(connected.user.properties.username).toBe('admin')
  })

  test('is told that a password is wrong', async () => {
    const wrong = clientOf(server, 'something else')
    await expect(wrong.connect()).rejects.toMatchObject({ response: { status: 401 } })
  })

  test('gets a token and uses it', async () => {
    const token = await nuxeo.requestAuthenticationToken('tests', 'device', 'a device', 'rw')
    const other = new Nuxeo({ baseURL: `${server.origin}/nuxeo/`, auth: { method: 'token', token } })
    expect((await other.connect()).user.id).toBe('admin')
    const bearer = new Nuxeo({ baseURL: `${server.origin}/nuxeo/`, auth: { method: 'bearerToken', token } })
    expect((await bearer.connect()).user.id).toBe('admin')
  })

  test('uploads one blob', async () => {
    const batch = nuxeo.batchUpload()
    const { blob: uploaded } = await batch.upload(blob('é a+b%.txt', Buffer.from('hello')))
    expect(uploaded).toEqual({
      'upload-batch': batch._batchId,
      'upload-fileId': '0',
      uploaded: 'true',
      fileIdx: '0',
      uploadedSize: '5',
      uploadType: 'normal',
    })
    const { blob: fetched } = await batch.fetchBlob(0)
    expect(fetched).toMatchObject({ name: 'é a+b%.txt', size: 5, uploadType: 'normal' })
  })

  test('uploads an empty blob, a stream and a string', async () => {
    const batch = nuxeo.batchUpload()
    await batch.upload(blob('empty', Buffer.alloc(0)))
    await batch.upload(blob('stream', Readable.from([Buffer.from('str'), Buffer.from('eam')]), 6))
    await batch.upload(blob('string', 'text', 4))
    const { blobs } = await batch.fetchBlobs()
    expect(blobs.map(({ name, size }) => [name, size])).toEqual([
      ['empty', 0],
      ['stream', 6],
      ['string', 4],
    ])
  })

  test('uploads several in parallel, fetches them, removes one, cancels', async () => {
    const batch = nuxeo.batchUpload()
    const contents = Array.from({ length: 12 }, () => randomBytes(50_000))
    const { blobs } = await batch.upload(...contents.map((content, index) => blob(`${index}.bin`, content)))
    expect(blobs).toHaveLength(12)
    expect((await batch.fetchBlobs()).blobs.map(({ name }) => name)).toEqual(
      contents.map((_, index) => `${index}.bin`),
    )
    expect((await batch.removeBlob(3)).status).toBe(204)
    await expect(batch.fetchBlob(3)).rejects.toMatchObject({ response: { status: 404 } })
    const id = batch._batchId
    await batch.cancel()
    await expect(nuxeo.request(`upload/${id}`).get()).rejects.toMatchObject({ response: { status: 404 } })
  })

  test('creates a document, reads it and its blob, changes it, deletes it', async () => {
    const bytes = randomBytes(300_000)
    const { blob: uploaded } = await nuxeo.batchUpload().upload(blob('report.bin', bytes))
    const repository = nuxeo.repository('default', { schemas: ['*'] })
    const made = await repository.create(WORKSPACES, {
      'entity-type': 'document',
      name: 'report',
      type: 'File',
      properties: { 'dc:title': 'Report', 'file:content': uploaded },
    })
    expect(made).toMatchObject({ path: `${WORKSPACES}/report`, title: 'Report', type: 'File' })
    expect(made.get('file:content')).toMatchObject({
      name: 'report.bin',
      'mime-type': 'text/plain',
      encoding: null,
      digestAlgorithm: 'MD5',
      digest: md5(bytes),
      length: '300000',
    })
    expect((await bytesOf(await made.fetchBlob())).equals(bytes)).toBe(true)
    expect((await bytesOf(await made.fetchBlob('file:content'))).equals(bytes)).toBe(true)
    const fetched = await repository.fetch(`${WORKSPACES}/report`)
    expect(fetched.uid).toBe(made.uid)
    expect(fetched.isFolder()).toBe(false)

    const { blob: second } = await nuxeo.batchUpload().upload(blob('second.txt', Buffer.from('second')))
    const saved = await fetched.set({ 'dc:description': 'changed', 'file:content': second }).save()
    expect(saved.get('dc:title')).toBe('Report')
    expect(saved.get('dc:description')).toBe('changed')
    expect(String(await bytesOf(await saved.fetchBlob()))).toBe('second')

    expect((await repository.delete(made.uid)).status).toBe(204)
    await expect(repository.fetch(made.uid)).rejects.toMatchObject({ response: { status: 404 } })
  })

  test('attaches blobs by operation', async () => {
    const repository = nuxeo.repository('default', { schemas: ['*'] })
    const document = { 'entity-type': 'document', name: 'attach', type: 'File' }
    const made = await repository.create(WORKSPACES, document)
    expect(made.get('file:content')).toBeNull()
    const batch = nuxeo.batchUpload()
    const { blob: uploaded } = await batch.upload(
      new Nuxeo.Blob({ content: Buffer.from('attached'), name: 'a.pdf', mimeType: 'pdf', size: 8 }),
    )
    const operation = nuxeo.operation('Blob.AttachOnDocument').param('document', made.path).input(uploaded)
    const answer = await operation.execute()
    expect(String(await bytesOf(answer))).toBe('attached')
    const fetched = await repository.fetch(made.uid)
    expect(fetched.get('file:content')).toMatchObject({ name: 'a.pdf', 'mime-type': 'application/pdf' })
    await expect(batch.fetchBlob(0)).rejects.toMatchObject({ response: { status: 404 } })

    const all = nuxeo.batchUpload()
    await all.upload(blob('1.txt', Buffer.from('one')), blob('2.txt', Buffer.from('two')))
    const list = nuxeo.operation('Blob.AttachOnDocument').input(all)
    const mixed = await list.params({ document: made.uid, xpath: 'files:files' }).execute()
    expect(mixed.headers.get('content-type')).toMatch(/^multipart\/mixed; boundary=/)
    expect(String(await bytesOf(mixed))).toMatch(/one\r\n[\s\S]*two\r\n/)
    const { properties } = await repository.fetch(made.uid)
    expect(properties['files:files']).toMatchObject([
      { file: { name: '1.txt' } },
      { file: { name: '2.txt' } },
    ])
    expect(String(await bytesOf(await fetched.fetchBlob('files:files/1/file')))).toBe('two')
    expect(String(await bytesOf(await fetched.fetchBlob('blobholder:1')))).toBe('one')
  })

  test('logs before each of its tests, and runs an operation for nothing', async () => {
    const log = nuxeo.operation('Log').params({ message: 'a test', level: 'info' })
    expect((await log.execute()).status).toBe(204)
    const made = await nuxeo
      .repository()
      .create(WORKSPACES, { 'entity-type': 'document', name: 'void', type: 'File' })
    const { blob: uploaded } = await nuxeo.batchUpload().upload(blob('v.txt', Buffer.from('v')))
    const attach = nuxeo.operation('Blob.AttachOnDocument').param('document', made.path).input(uploaded)
    expect((await attach.execute({ headers: { 'X-NXVoidOperation': 'true' } })).status).toBe(204)
  })
})

function clientOf({ origin, authorization }: TestServer, wrong?: string): Nuxeo {
  const [username = '', password = ''] = Buffer.from(authorization.slice(6), 'base64').toString().split(':')
  const auth = { method: 'basic', username, password: wrong ?? password } as const
  return new Nuxeo({ baseURL: `${origin}/nuxeo/`, auth })
}
