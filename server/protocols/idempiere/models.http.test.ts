import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { type Client, client, MODELS, problem, UPLOADS } from './support.ts'

let server: TestServer
let admin: Client
beforeAll(async () => {
  server = await startServer()
  admin = client(server)
})
afterAll(() => server.dispose())

const get = (path: string, headers: Record<string, string> = {}) =>
  admin.call('GET', `${MODELS}/${path}`, { headers })

describe('GET models/{table}', () => {
  test.each(['C_BPartner', 'C_Order', 'C_Invoice', 'M_Product'])('%s has samples', async (table) => {
    const { status, body } = await get(table)
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual([
      'page-count',
      'records-size',
      'skip-records',
      'row-count',
      'array-count',
      'records',
    ])
    expect(body.records.length).toBeGreaterThanOrEqual(3)
    expect(body['array-count']).toBe(body.records.length)
    for (const record of body.records) {
      expect(record).toMatchObject({
        id: expect.any(Number),
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'model-name': table.toLowerCase(),
      })
    }
  })

  test('in pages, filtered and ordered', async () => {
    for (const Name of ["O'Brien", 'Bert', 'Anna', 'Zoë'])
      await admin.call('POST', `${MODELS}/C_BPartner`, { json: { Name, Region: 'West' } })
    const all = (await get('C_BPartner')).body
    const page = (await get('C_BPartner?$top=2&$skip=1')).body
    expect(page).toMatchObject({
      'records-size': 2,
      'skip-records': 1,
      'row-count': all['row-count'],
      'array-count': 2,
      'page-count': Math.ceil(all['row-count'] / 2),
    })
    expect(page.records).toEqual(all.records.slice(1, 3))
    const filtered = async (filter: string) =>
      (await get(`C_BPartner?$filter=${encodeURIComponent(filter)}`)).body.records
    expect((await filtered("Name eq 'O''Brien'")).map((row: { Name: string }) => row.Name)).toEqual([
      "O'Brien",
    ])
    const [anna] = await filtered("Name eq 'Anna' and Region eq 'West'")
    expect(await filtered(`id eq ${anna.id}`)).toEqual([anna])
    expect(await filtered(`C_BPartner_UU eq '${anna.uid}'`)).toEqual([anna])
    expect(await filtered("Name eq 'Nobody'")).toEqual([])
    const query = `$filter=${encodeURIComponent("Region eq 'West'")}&$orderby=${encodeURIComponent('Name desc')}&$top=2`
    const { body } = await get(`C_BPartner?${query}`)
    expect(body).toMatchObject({ 'row-count': 4, 'array-count': 2, 'page-count': 2 })
    expect(body.records.map((row: { Name: string }) => row.Name)).toEqual(['Zoë', "O'Brien"])
  })

  test.each([
    '$top=many',
    '$skip=-1',
    '$filter=Name',
    "$filter=Name gt 'a'",
    "$filter=Name eq 'a",
    '$orderby=Name up',
  ])('%s: 400 that says what is wrong', async (query) => {
    const { status, body } = await get(`C_Order?${query.replaceAll(' ', '%20')}`)
    expect([status, body.title]).toEqual([400, 'Invalid query'])
    expect(body.detail).toContain(query.split('=')[0])
  })
})

describe('one record', () => {
  test('is made with 201, read by id and uid in any case, changed and deleted', async () => {
    const made = await admin.call('POST', `${MODELS}/C_Order`, { json: { Name: 'one', Amount: 12.5 } })
    expect(made.status).toBe(201)
    const { id, uid } = made.body
    for (const key of [id, uid, uid.toUpperCase()]) {
      const { status, body } = await get(`C_Order/${key}`)
      expect([status, body]).toEqual([200, made.body])
    }
    expect(made.body).toMatchObject({ Name: 'one', Amount: 12.5, 'model-name': 'c_order' })
    const changed = await admin.call('PUT', `${MODELS}/C_Order/${uid}`, { json: { Logo_ID: 7 } })
    expect(changed.body).toMatchObject({ id, uid, Name: 'one', Amount: 12.5, Logo_ID: 7 })
    expect((await admin.call('DELETE', `${MODELS}/C_Order/${id}`)).status).toBe(200)
    expect((await get(`C_Order/${id}`)).status).toBe(404)
  })

  test.each(['', '{}', '{"Name":""}', '{"Name":null}'])('%j names nothing: 400', async (body) => {
    const reply = await admin.call('POST', `${MODELS}/C_Order`, {
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect([reply.status, reply.body]).toEqual([400, problem(400, 'Save error', 'Name is missing')])
  })

  test('an unknown table, an unknown record: 404', async () => {
    const table = problem(404, 'Invalid table name', 'No match found for table name: Nope')
    expect((await get('Nope')).body).toEqual(table)
    expect((await get('Nope/1')).body).toEqual(table)
    expect((await admin.call('POST', `${MODELS}/Nope`, { json: { Name: 'x' } })).body).toEqual(table)
    for (const path of ['C_Order/1', 'C_Order/x/attachments', 'AD_Image/1', 'AD_Image/1/BinaryData'])
      expect((await get(path)).body).toMatchObject({ title: 'Record not found', status: 404 })
    const product = await admin.record('M_Product')
    expect((await get(`C_Order/${product.id}`)).status).toBe(404)
  })
})

describe('attachments', () => {
  const names = ['plain.txt', 'in/a/folder.txt', 'a "b" 50%.txt', 'Ü 🚢.txt', '..', '?x=1&y#z']
  let record: { id: number; uid: string }
  beforeAll(async () => {
    record = await admin.record()
    for (const fileName of names) {
      const id = await admin.upload([fileName], { fileName, contentType: 'text/html' })
      const json = { copyLocation: 'ATTACHMENT', tableName: 'C_Order', recordId: record.id }
      await admin.call('POST', `${UPLOADS}/${id}/copy`, { json })
    }
  })

  test('are listed by id and by uid', async () => {
    for (const key of [record.id, record.uid]) {
      const { attachments } = (await get(`C_Order/${key}/attachments`)).body
      expect(attachments.map(({ name }: { name: string }) => name).sort()).toEqual([...names].sort())
      for (const { contentType } of attachments) expect(contentType).toBe('text/html')
    }
  })

  test.each(names.filter((name) => name !== '..'))('%s is given whole and in ranges', async (name) => {
    const path = `C_Order/${record.uid}/attachments/${encodeURIComponent(name)}`
    const { status, text, headers } = await get(path)
    expect([status, text]).toEqual([200, name])
    expect(headers.get('content-type')).toBe('text/html')
    expect(headers.get('content-disposition')).toMatch(/^attachment;/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('etag')).toBeTruthy()
    const part = await get(path, { range: 'bytes=0-1' })
    expect([part.status, part.bytes.length]).toEqual([206, 2])
    const head = await admin.call('HEAD', `${MODELS}/${path}`)
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(Buffer.byteLength(name))])
  })

  test('are deleted one by one', async () => {
    const path = `C_Order/${record.id}/attachments/plain.txt`
    expect((await admin.call('DELETE', `${MODELS}/${path}`)).status).toBe(200)
    for (const method of ['GET', 'DELETE']) {
      const { status, body } = await admin.call(method, `${MODELS}/${path}`)
      expect([status, body.title]).toEqual([404, 'No attachment entry found for name: '])
    }
    expect((await get(`C_Order/${record.id}/attachments`)).body.attachments).toHaveLength(names.length - 1)
  })
})

describe('AD_Image and AD_Archive', () => {
  test('are tables of stored files, by id and uid, with ranges', async () => {
    const id = await admin.upload(['01234', '56789'], { uploadLocation: 'IMAGE', fileName: 'ten.png' })
    const { imageId } = await admin.status(id)
    const row = (await get(`AD_Image/${imageId}`)).body
    expect(row).toMatchObject({ id: imageId, Name: 'ten.png', 'model-name': 'ad_image' })
    const { body } = await get(`AD_Image?$filter=${encodeURIComponent("Name eq 'ten.png'")}`)
    expect(body.records).toEqual([row])
    for (const key of [imageId, row.uid]) {
      const { status, text, headers } = await get(`AD_Image/${key}/BinaryData`)
      expect([status, text, headers.get('content-type')]).toEqual([200, '0123456789', 'image/png'])
      const part = await get(`AD_Image/${key}/BinaryData`, { range: 'bytes=2-4' })
      expect([part.status, part.text]).toEqual([206, '234'])
      expect((await admin.call('HEAD', `${MODELS}/AD_Image/${key}/BinaryData`)).status).toBe(200)
    }
    expect((await get(`AD_Archive/${imageId}`)).status).toBe(404)
    expect((await get('C_Order/1/BinaryData')).status).toBe(404)
    expect((await admin.call('DELETE', `${MODELS}/AD_Image/${imageId}`)).status).toBe(200)
    expect((await get(`AD_Image/${imageId}`)).status).toBe(404)
    expect(await admin.status(id)).toMatchObject({ status: 'COMPLETED', imageId: 0 })
  })
})

test('a reader reads every table and writes to none', async () => {
  const reader = client(server, await addUser(server, 'rita', ['reader']))
  const record = await admin.record()
  expect((await reader.call('GET', `${MODELS}/C_Order/${record.id}`)).status).toBe(200)
  for (const [method, path] of [
    ['POST', 'C_Order'],
    ['PUT', `C_Order/${record.id}`],
    ['DELETE', `C_Order/${record.id}`],
  ] as const) {
    const { status, body } = await reader.call(method, `${MODELS}/${path}`, { json: { Name: 'x' } })
    expect([status, body.title]).toEqual([403, 'Access denied'])
  }
  expect((await get(`C_Order/${record.id}`)).status).toBe(200)
})
