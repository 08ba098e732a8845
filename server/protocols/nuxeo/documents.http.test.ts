import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { blobOf, type Client, clientOf, md5, sha256, WORKSPACES } from './support.ts'

/** The contract's "Documents" and section 5. */
describe('documents', () => {
  let server: TestServer
  let nuxeo: Client
  beforeAll(async () => {
    server = await startServer()
    nuxeo = clientOf(server)
  })
  afterAll(() => server.dispose())

  const fresh = (): string => randomUUID().slice(0, 12)
  const batchOf = async (...contents: string[]): Promise<string> => {
    const batch = await nuxeo.batch()
    for (const [index, bytes] of contents.entries())
      await nuxeo.send(batch, index, bytes, { 'x-file-name': `${bytes}.txt`, 'x-file-type': 'text/plain' })
    return batch
  }
  const statusOf = async (batch: string) => (await nuxeo.call('GET', `/upload/${batch}`)).status
  const namesIn = (list: { file: { name: string } | null }[]) => list.map(({ file }) => file?.name ?? null)

  test('those that are always there', async () => {
    const root = (await nuxeo.call('GET', '/path/')).body
    expect(root).toMatchObject({ 'entity-type': 'document', path: '/', type: 'Root', facets: ['Folderish'] })
    expect((await nuxeo.call('GET', '/path')).body.uid).toBe(root.uid)
    const domain = (await nuxeo.call('GET', '/path/default-domain')).body
    expect(domain).toMatchObject({ path: '/default-domain', parentRef: root.uid, type: 'Domain' })
    const workspaces = (await nuxeo.call('GET', '/repo/default/path/default-domain/workspaces/')).body
    expect(workspaces).toMatchObject({ path: '/default-domain/workspaces', parentRef: domain.uid })
    for (const { uid } of [root, domain, workspaces])
      expect((await nuxeo.call('DELETE', `/id/${uid}`)).status).toBe(403)
    for (const path of ['/path/', '/path/default-domain'])
      expect((await nuxeo.call('POST', path, { type: 'Folder', name: fresh() })).status).toBe(201)
  })

  test('a document has all that clients read', async () => {
    const batch = await batchOf('hello')
    const name = fresh()
    const { status, headers, body } = await nuxeo.document(name, {
      'dc:title': 'Title',
      'dc:description': 'Words',
      'unknown:member': 1,
      'file:content': {
        ...blobOf(batch, '0'),
        uploaded: 'true',
        fileIdx: '0',
        uploadType: 'normal',
        uploadedSize: '5',
      },
    })
    expect(status).toBe(201)
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    const parent = (await nuxeo.call('GET', WORKSPACES)).body
    expect(body).toMatchObject({
      'entity-type': 'document',
      repository: 'default',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      path: `/default-domain/workspaces/${name}`,
      type: 'File',
      parentRef: parent.uid,
      isCheckedOut: true,
      isVersion: false,
      isProxy: false,
      isTrashed: false,
      changeToken: expect.any(String),
      title: 'Title',
      lastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      facets: expect.not.arrayContaining(['Folderish']),
      schemas: expect.arrayContaining([
        { name: 'dublincore', prefix: 'dc' },
        { name: 'file', prefix: 'file' },
      ]),
    })
    expect(body.properties).toMatchObject({
      'dc:title': 'Title',
      'dc:description': 'Words',
      'files:files': [],
    })
    expect(body.properties).not.toHaveProperty('unknown:member')
    const blob = body.properties['file:content']
    expect(blob).toEqual({
      name: 'hello.txt',
      'mime-type': 'text/plain',
      encoding: null,
      digestAlgorithm: 'MD5',
      digest: md5('hello'),
      length: '5',
      data: expect.stringMatching(/\/nuxeo\/nxfile\/default\/.*\/file:content\/hello\.txt\?changeToken=/),
      blobUrl: expect.stringContaining(`/id/${body.uid}/@blob/file:content`),
    })
    for (const url of [blob.data, blob.blobUrl]) expect((await nuxeo.call('GET', url)).text).toBe('hello')
    const filtered = await nuxeo.call('GET', `/id/${body.uid}`, undefined, { properties: 'dublincore' })
    expect(Object.keys(filtered.body.properties).every((key) => key.startsWith('dc:'))).toBe(true)
  })

  test('folders and workspaces are folderish, and hold others', async () => {
    for (const type of ['Folder', 'Workspace']) {
      const name = fresh()
      const made = await nuxeo.call('POST', WORKSPACES, { 'entity-type': 'document', type, name })
      expect(made.body).toMatchObject({ type, facets: expect.arrayContaining(['Folderish']), title: name })
      const inside = await nuxeo.call('POST', `/id/${made.body.uid}`, { type: 'File', name: 'inside' })
      expect(inside.body).toMatchObject({
        path: `/default-domain/workspaces/${name}/inside`,
        parentRef: made.body.uid,
      })
      const children = (await nuxeo.call('GET', `/path/default-domain/workspaces/${name}/@children`)).body
      expect(children).toMatchObject({ 'entity-type': 'documents', resultsCount: 1 })
      expect(children.entries[0]).toMatchObject({ uid: inside.body.uid, path: inside.body.path })
      expect((await nuxeo.call('POST', `/id/${inside.body.uid}`, { type: 'File', name: 'x' })).status).toBe(
        400,
      )
      expect((await nuxeo.call('DELETE', `/id/${made.body.uid}`)).status).toBe(204)
      for (const { uid } of [made.body, inside.body]) {
        const gone = await nuxeo.call('GET', `/id/${uid}`)
        expect([gone.status, gone.body['entity-type']]).toEqual([404, 'exception'])
      }
    }
  })

  test.each([
    ['  spaced  ', 'spaced'],
    ['a/b\\c', 'a-b-c'],
    ['123456789012345678901234567890', '123456789012345678901234'],
    [`${'x'.repeat(23)}📄`, 'x'.repeat(23)],
    ['..', '..'],
    ['ünï cödé', 'ünï cödé'],
  ])('the name %j becomes %j', async (given, name) => {
    const { body } = await nuxeo.document(given)
    expect(body.path).toBe(`/default-domain/workspaces/${name}`)
    const second = await nuxeo.document(given)
    expect(second.status).toBe(201)
    expect(second.body.path.slice(body.path.length)).toMatch(/^\.1\d{12}$/)
    await nuxeo.call('DELETE', `/id/${body.uid}`)
  })

  test('many of one name at once all get a name of their own', async () => {
    const name = fresh()
    const made = await Promise.all(Array.from({ length: 10 }, () => nuxeo.document(name)))
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 201))
    expect(new Set(made.map(({ body }) => body.path)).size).toBe(10)
  })

  test('several blobs; a missing one is null, and then the batch stays', async () => {
    const batch = await batchOf('one', 'two')
    const list = [0, '1', '7'].map((index) => ({ file: blobOf(batch, index) }))
    const { body } = await nuxeo.document(fresh(), {
      'file:content': blobOf('unknown', '0'),
      'files:files': list,
    })
    expect(body.properties['file:content']).toBeNull()
    expect(namesIn(body.properties['files:files'])).toEqual(['one.txt', 'two.txt', null])
    expect(body.properties['files:files'][2]).toEqual({ file: null })
    expect(await statusOf(batch)).toBe(200)
    expect((await nuxeo.call('GET', `/id/${body.uid}/@blob/files:files/2/file`)).status).toBe(404)
  })

  test('an incomplete file is a null blob, and nothing is lost', async () => {
    const batch = await nuxeo.batch()
    await nuxeo.chunk(batch, 0, { at: 0, of: 2, bytes: 'ab' })
    const first = await nuxeo.document(fresh(), { 'file:content': blobOf(batch, '0') })
    expect([first.status, first.body.properties['file:content']]).toEqual([201, null])
    expect((await nuxeo.chunk(batch, 0, { at: 1, of: 2, bytes: 'cd' })).status).toBe(201)
    const reference = { properties: { 'file:content': blobOf(batch, '0') } }
    const put = await nuxeo.call('PUT', `/id/${first.body.uid}`, reference)
    expect([put.status, put.body.properties['file:content'].length]).toEqual([200, '4'])
    expect(await statusOf(batch)).toBe(404)
  })

  test('a used batch is dropped, unless X-Batch-No-Drop says otherwise', async () => {
    const batch = await batchOf('one', 'two')
    for (const keep of ['true', 'TRUE']) {
      await nuxeo.document(fresh(), { 'file:content': blobOf(batch, '0') }, { 'x-batch-no-drop': keep })
      expect(await statusOf(batch)).toBe(200)
    }
    const made = await nuxeo.document(
      fresh(),
      { 'file:content': blobOf(batch, '0') },
      { 'x-batch-no-drop': 'yes' },
    )
    expect(await statusOf(batch)).toBe(404)
    expect((await nuxeo.call('GET', `/id/${made.body.uid}/@blob/file:content`)).text).toBe('one')
  })

  test('a request that fails keeps the batch', async () => {
    const batch = await batchOf('one')
    const document = {
      type: 'File',
      name: 'x',
      properties: { 'file:content': blobOf(batch, '0'), 'dc:title': 1 },
    }
    expect((await nuxeo.call('POST', '/path/nowhere', document)).status).toBe(404)
    expect((await nuxeo.call('POST', WORKSPACES, document)).status).toBe(400)
    expect(await statusOf(batch)).toBe(200)
  })

  test('PUT leaves what it does not name', async () => {
    const made = await nuxeo.document(fresh(), {
      'dc:title': 'Before',
      'file:content': blobOf(await batchOf('main'), '0'),
      'files:files': ['0', '1'].map((index) => ({ file: blobOf('none', index) })),
    })
    const put = (properties: object) => nuxeo.call('PUT', `/path${encodeURI(made.body.path)}`, { properties })
    const described = (await put({ 'dc:description': 'New' })).body.properties
    expect(described).toMatchObject({ 'dc:title': 'Before', 'dc:description': 'New' })
    expect(described['file:content'].name).toBe('main.txt')
    expect(namesIn(described['files:files'])).toEqual([null, null])
    const lost = await put({ 'file:content': blobOf('unknown', '0') })
    expect(lost.body.properties['file:content'].name).toBe('main.txt')
    const batch = await batchOf('one', 'two')
    const filled = await put({ 'files:files': ['0', '1'].map((index) => ({ file: blobOf(batch, index) })) })
    const [one, two] = filled.body.properties['files:files']
    expect(namesIn([one, two])).toEqual(['one.txt', 'two.txt'])
    const turned = await put({ 'files:files': [two, { file: blobOf(await batchOf('new'), '0') }, one] })
    expect(namesIn(turned.body.properties['files:files'])).toEqual(['two.txt', 'new.txt', 'one.txt'])
    const texts = [0, 1, 2].map(
      async (index) => (await nuxeo.call('GET', `/id/${made.body.uid}/@blob/files:files/${index}/file`)).text,
    )
    expect(await Promise.all(texts)).toEqual(['two', 'new', 'one'])
    const emptied = await put({ 'file:content': null, 'files:files': [], 'dc:title': null })
    expect(emptied.body.properties).toMatchObject({
      'file:content': null,
      'files:files': [],
      'dc:title': null,
    })
    expect(emptied.body.title).toBe(made.body.path.split('/').at(-1))
  })

  test('a document of a batch of somebody else gets no blob', async () => {
    const batch = await batchOf('mine')
    const bob = clientOf(server, await addUser(server, 'bob'))
    const made = await bob.document(fresh(), { 'file:content': blobOf(batch, '0') })
    expect([made.status, made.body.properties['file:content']]).toEqual([201, null])
    expect(await statusOf(batch)).toBe(200)
  })

  test('documents are records, their blobs entries, their uploads COMPLETED sessions', async () => {
    const batch = await batchOf(`seen-${fresh()}`)
    const name = fresh()
    const made = await nuxeo.document(name, { 'file:content': blobOf(batch, '0') })
    const own = (path: string) => nuxeo.call('GET', `${server.origin}/api/slipway/v1${path}`)
    const record = (await own(`/tables/nuxeo/records/${made.body.uid}`)).body
    expect(record).toMatchObject({ uid: made.body.uid, name, kind: 'document', parent: made.body.parentRef })
    const [entry] = (await own(`/tables/nuxeo/records/${made.body.uid}/entries`)).body.entries
    const text = entry.name.replace('.txt', '')
    expect(entry).toMatchObject({ kind: 'CONTENT', sha256: sha256(text) })
    const session = (await own(`/sessions/${entry.session}`)).body
    expect(session).toMatchObject({ protocol: 'nuxeo', status: 'COMPLETED', sha256: sha256(text) })
  })

  test('what another protocol puts on a document is shown behind its list', async () => {
    const made = await nuxeo.document(fresh(), {
      'files:files': [{ file: blobOf(await batchOf('own'), '0') }],
    })
    const batch = await batchOf('copied')
    await nuxeo.document(fresh(), { 'file:content': blobOf(batch, '0') }, { 'x-batch-no-drop': 'true' })
    const { body } = await nuxeo.call('GET', `${server.origin}/api/slipway/v1/sessions?limit=100`)
    const { id } = body.sessions.find(({ fileName }: { fileName: string }) => fileName === 'copied.txt')
    const target = { location: 'ATTACHMENT', table: 'nuxeo', record: made.body.uid }
    await nuxeo.call('POST', `${server.origin}/api/slipway/v1/sessions/${id}/copy`, target)
    const shown = (await nuxeo.call('GET', `/id/${made.body.uid}`)).body.properties['files:files']
    expect(namesIn(shown)).toEqual(['own.txt', 'copied.txt'])
    expect((await nuxeo.call('GET', `/id/${made.body.uid}/@blob/files:files/1/file`)).text).toBe('copied')
    const put = { properties: { 'files:files': [shown[1], shown[0]] } }
    const kept = (await nuxeo.call('PUT', `/id/${made.body.uid}`, put)).body.properties['files:files']
    expect(namesIn(kept)).toEqual(['own.txt', 'copied.txt'])
  })
})
