import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { type Client, client, MODELS, problem, UPLOADS } from './support.ts'

let server: TestServer
let admin: Client
let record: { id: number; uid: string }
beforeAll(async () => {
  server = await startServer()
  admin = client(server)
  record = await admin.record()
})
afterAll(() => server.dispose())

const copy = (id: string, json: unknown) => admin.call('POST', `${UPLOADS}/${id}/copy`, { json })
const attachmentsOf = async (key: string | number) =>
  (await admin.call('GET', `${MODELS}/C_Order/${key}/attachments`)).body.attachments

describe('copy to ATTACHMENT', () => {
  test('answers with the target record, by id and by uid', async () => {
    const id = await admin.upload(['abc'], { fileName: 'one.txt', contentType: 'text/plain' })
    for (const recordId of [String(record.id), record.id, record.uid, record.uid.toUpperCase()]) {
      const { status, body } = await copy(id, { copyLocation: 'ATTACHMENT', tableName: 'C_Order', recordId })
      expect(status).toBe(200)
      expect(Object.entries(body)).toEqual([
        ['uploadId', id],
        ['tableName', 'C_Order'],
        ['recordId', record.id],
        ['recordUU', record.uid],
        ['copyLocation', 'ATTACHMENT'],
        ['fileName', 'one.txt'],
        ['contentType', 'text/plain'],
        ['fileSize', 3],
      ])
    }
    expect(await admin.status(id)).toMatchObject({ status: 'COMPLETED' })
  })

  test('the same name replaces the entry', async () => {
    const target = await admin.record()
    for (const content of ['old', 'newer']) {
      const id = await admin.upload([content], { fileName: 'same.txt' })
      await copy(id, { copyLocation: 'ATTACHMENT', tableName: 'C_Order', recordId: target.id })
    }
    const other = await admin.upload(['x'], { fileName: 'other.txt' })
    await copy(other, { copyLocation: 'ATTACHMENT', tableName: 'C_Order', recordId: target.id })
    const names = (await attachmentsOf(target.uid)).map(({ name }: { name: string }) => name)
    expect(names.sort()).toEqual(['other.txt', 'same.txt'])
    const path = `${MODELS}/C_Order/${target.id}/attachments/same.txt`
    expect((await admin.call('GET', path)).text).toBe('newer')
  })

  test('stays when the upload is canceled', async () => {
    const target = await admin.record()
    const id = await admin.upload(['keep me'], { fileName: 'kept.txt' })
    await copy(id, { copyLocation: 'ATTACHMENT', tableName: 'C_Order', recordId: target.id })
    await admin.call('DELETE', `${UPLOADS}/${id}`)
    const path = `${MODELS}/C_Order/${target.uid}/attachments/kept.txt`
    expect((await admin.call('GET', path)).text).toBe('keep me')
  })
})

test('copy to ARCHIVE makes a new row each time, bound to the record', async () => {
  const target = await admin.record()
  const id = await admin.upload(['abc'], { fileName: 'arch.txt' })
  const copies = [1, 2].map(() =>
    copy(id, { copyLocation: 'ARCHIVE', tableName: 'C_Order', recordId: target.uid }),
  )
  const rows = (await Promise.all(copies)).map(({ body }) => body)
  for (const row of rows) {
    expect(row).toMatchObject({
      tableName: 'AD_Archive',
      fileName: 'arch.txt',
      contentType: null,
      fileSize: 3,
    })
    for (const key of [row.recordId, row.recordUU]) {
      const { body } = await admin.call('GET', `${MODELS}/AD_Archive/${key}`)
      expect(body).toMatchObject({
        id: row.recordId,
        uid: row.recordUU,
        Name: 'arch.txt',
        Record_ID: target.id,
      })
      expect((await admin.call('GET', `${MODELS}/AD_Archive/${key}/BinaryData`)).text).toBe('abc')
    }
  }
  expect(rows[0].recordId).not.toBe(rows[1].recordId)
})

test('copy to IMAGE makes a free-standing row each time, whatever record is named', async () => {
  const id = await admin.upload(['abc'], { uploadLocation: 'IMAGE' })
  const { imageId } = await admin.status(id)
  const first = (await copy(id, { copyLocation: 'IMAGE', tableName: 'Nothing', recordId: 'x' })).body
  const second = (await copy(id, { copyLocation: 'IMAGE' })).body
  expect(first.tableName).toBe('AD_Image')
  expect(new Set([imageId, first.recordId, second.recordId]).size).toBe(3)
  expect((await admin.status(id)).imageId).toBe(imageId)
  expect((await admin.call('GET', `${MODELS}/AD_Image/${second.recordUU}/BinaryData`)).text).toBe('abc')
})

describe('copy refuses', () => {
  let id: string
  beforeAll(async () => {
    id = await admin.upload(['abc'])
  })

  test.each([
    [{}, 'copyLocation is required in request.'],
    [{ copyLocation: null }, 'copyLocation is required in request.'],
    [{ copyLocation: ' ' }, 'copyLocation is required in request.'],
    [{ copyLocation: 'attachment' }, 'Invalid copyLocation in request.'],
    [{ copyLocation: 'ATTACHMENT' }, 'tableName and recordId are required in request.'],
    [{ copyLocation: 'ARCHIVE', tableName: 'C_Order' }, 'tableName and recordId are required in request.'],
    [{ copyLocation: 'ARCHIVE', recordId: '1' }, 'tableName and recordId are required in request.'],
    [
      { copyLocation: 'ARCHIVE', tableName: ' ', recordId: ' ' },
      'tableName and recordId are required in request.',
    ],
  ])('%j: %s', async (json, error) => {
    const { status, body } = await copy(id, json)
    expect([status, body]).toEqual([400, { error }])
  })

  test.each(['x', '1.5', '-1', '12345678901234567890', 'not-a-uuid'])(
    'the record id %j: 400',
    async (recordId) => {
      const { status, body } = await copy(id, { copyLocation: 'ATTACHMENT', tableName: 'C_Order', recordId })
      expect(status).toBe(400)
      expect(body.detail).toContain(recordId)
    },
  )

  test('an unknown table, an unknown record: 404', async () => {
    expect((await copy(id, { copyLocation: 'ATTACHMENT', tableName: 'Nope', recordId: '1' })).body).toEqual(
      problem(404, 'Invalid table name', 'No match found for table name: Nope'),
    )
    expect((await copy(id, { copyLocation: 'ARCHIVE', tableName: 'C_Order', recordId: '1' })).body).toEqual(
      problem(404, 'Record not found', 'No record found matching id: 1'),
    )
    const product = await admin.record('M_Product')
    const elsewhere = { copyLocation: 'ARCHIVE', tableName: 'C_Order', recordId: product.uid }
    expect((await copy(id, elsewhere)).status).toBe(404)
  })

  test('no body: 400 with a detail, after what the session itself refuses', async () => {
    const empty = (which: string) =>
      admin.call('POST', `${UPLOADS}/${which}/copy`, { headers: { 'content-type': 'application/json' } })
    expect((await empty(id)).body.detail).toBeTruthy()
    expect((await empty('unknown')).status).toBe(404)
    const open = (await admin.begin()).body.uploadId
    expect((await empty(open)).body.title).toMatch(/^Upload is not completed yet or cancelled/)
  })

  test('a link', async () => {
    const { presignedURL } = (await admin.call('GET', `${UPLOADS}/${id}?expiresInSeconds=60`)).body
    const query = presignedURL.split('?')[1]
    const reply = await client(server, null).call('POST', `${UPLOADS}/${id}/copy?${query}`, { json: {} })
    expect([reply.status, reply.text]).toEqual([400, 'Something went wrong ...'])
  })
})
