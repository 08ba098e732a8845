import { createHash, randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { call, upload } from './support.ts'

let server: TestServer
let reader: { authorization: string }
let order: { id: number; uid: string; name: string }

const bytes = randomBytes(1000)
const sha256 = createHash('sha256').update(bytes).digest('hex')

beforeAll(async () => {
  server = await startServer()
  reader = { authorization: await addUser(server, 'rita', ['reader']) }
  order = (await call(server, 'GET', '/tables/C_Order/records')).body.records[0]
})
afterAll(() => server.dispose())

const at = (path: string, more: object = {}) => call(server, 'GET', path, more)
const entriesOf = async (uid: string) => (await at(`/tables/C_Order/records/${uid}/entries`)).body.entries

describe('tables', () => {
  test('a fresh server has samples', async () => {
    const { tables } = (await at('/tables')).body
    const names = tables.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['C_BPartner', 'C_Invoice', 'C_Order', 'M_Product']))
    for (const { records } of tables.filter(({ tree }: { tree: boolean }) => !tree))
      expect(records).toBeGreaterThanOrEqual(3)
  })

  test('administrators add some', async () => {
    const create = (name: string) => call(server, 'POST', '/tables', { body: { name } })
    const { status, body } = await create('Z_Ship')
    expect([status, body]).toEqual([201, { name: 'Z_Ship', records: 0, tree: false }])
    expect((await create('Z_Ship')).status).toBe(409)
    for (const name of ['', ' ', '../x', 'a/b', 'x'.repeat(200)])
      expect((await create(name)).status).toBe(400)
  })
})

describe('records', () => {
  test('are made, found by id and uid, and listed by name in pages', async () => {
    const names = ['Zebra', 'apple', 'Ärger', 'Apple pie']
    const made = []
    for (const name of names)
      made.push((await call(server, 'POST', '/tables/Z_Ship/records', { body: { name } })).body)
    expect(made[0]).toMatchObject({
      table: 'Z_Ship',
      name: 'Zebra',
      parent: null,
      kind: 'record',
      entryCount: 0,
    })
    for (const key of [made[0].id, made[0].uid])
      expect((await at(`/tables/Z_Ship/records/${key}`)).body).toEqual(made[0])
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body }: { body: { records: { name: string }[]; nextCursor: string | null } } = await at(
        `/tables/Z_Ship/records?limit=3&cursor=${cursor}`,
      )
      seen.push(...body.records.map(({ name }) => name))
      cursor = body.nextCursor
    }
    expect(seen.toSorted()).toEqual(names.toSorted())
    const found = await at(`/tables/Z_Ship/records?q=APPLE`)
    expect(found.body.records).toHaveLength(2)
    const byID = await at(`/tables/Z_Ship/records?q=${made[2].id}`)
    expect(byID.body.records.map(({ name }: { name: string }) => name)).toEqual(['Ärger'])
  })

  test.each([
    ['/tables/Nope/records', 404],
    ['/tables/C_Order/records/999999999', 404],
    ['/tables/C_Order/records/nope', 404],
    ['/tables/C_Order/records/nope/entries', 404],
    ['/tables/C_Order/records?cursor=nope', 400],
    ['/tables/C_Order/records?parent=nope', 404],
    ['/tables/C_Order/records?limit=0', 400],
    ['/entries/nope', 404],
    ['/entries/nope/content', 404],
  ])('%s answers %i', async (path, status) => {
    const answer = await at(path)
    expect([answer.status, answer.body.status]).toEqual([status, status])
  })

  test('are not for readers to make', async () => {
    const attempt = call(server, 'POST', '/tables/Z_Ship/records', { headers: reader, body: { name: 'x' } })
    expect((await attempt).status).toBe(403)
    expect((await at('/tables/Z_Ship/records', { headers: reader })).status).toBe(200)
  })
})

describe('what is filed', () => {
  test('shows on its record, is read by everybody, copied and removed by who may', async () => {
    const metadata = { filename: 'a.png', filetype: 'image/png' }
    const on = { table: 'C_Order', record: String(order.id), location: 'ATTACHMENT' }
    const session = await upload(server, bytes, { ...metadata, ...on })
    const [entry] = await entriesOf(order.uid)
    expect(entry).toEqual({
      id: expect.any(Number),
      uid: expect.any(String),
      kind: 'ATTACHMENT',
      name: 'a.png',
      contentType: 'image/png',
      size: 1000,
      sha256,
      createdAt: expect.any(String),
      createdBy: 'admin',
      session,
      record: { table: 'C_Order', uid: order.uid, name: order.name },
      version: 1,
      current: true,
      links: { content: `/api/slipway/v1/entries/${entry.uid}/content` },
    })
    expect((await at(`/entries/${entry.uid}`, { headers: reader })).body).toEqual(entry)
    expect((await at(`/tables/C_Order/records/${order.id}`)).body.entryCount).toBe(1)

    const target = { location: 'ARCHIVE', table: 'C_Invoice', record: null as string | null }
    const invoices = (await at('/tables/C_Invoice/records')).body.records
    target.record = invoices[0].uid
    const copy = (headers?: object) =>
      call(server, 'POST', `/entries/${entry.uid}/copy`, { body: target, ...(headers && { headers }) })
    expect((await copy(reader)).status).toBe(403)
    const { status, body: copied } = await copy()
    expect(status).toBe(201)
    expect(copied).toMatchObject({ kind: 'ARCHIVE', sha256, record: { uid: invoices[0].uid } })

    const remove = (headers?: object) =>
      call(server, 'DELETE', `/entries/${entry.uid}`, headers && { headers })
    expect((await remove(reader)).status).toBe(403)
    expect((await remove()).status).toBe(204)
    expect((await remove()).status).toBe(404)
    expect(await entriesOf(order.uid)).toEqual([])
    const left = await fetch(`${server.origin}${copied.links.content}`, { headers: reader })
    expect(
      createHash('sha256')
        .update(Buffer.from(await left.arrayBuffer()))
        .digest('hex'),
    ).toBe(sha256)
  })

  test('a finished session is copied to a record', async () => {
    const id = await upload(server, bytes, { filename: 'late.txt' })
    const copy = (body: object) => call(server, 'POST', `/sessions/${id}/copy`, { body })
    const { status, body } = await copy({ location: 'ATTACHMENT', table: 'C_Order', record: order.id })
    expect(status).toBe(200)
    expect(body.entry).toMatchObject({ name: 'late.txt', kind: 'ATTACHMENT', session: id, sha256 })
    const wrong = { location: 'ATTACHMENT', table: 'C_Order', record: 'nope' }
    expect((await copy(wrong)).status).toBe(404)
    expect((await copy({ ...wrong, table: 'Nope' })).status).toBe(404)
    expect((await copy({ ...wrong, location: 'SHELF' })).body.field).toBe('location')
  })

  test.each([
    ['image/png', true],
    ['application/pdf', true],
    ['text/plain', true],
    ['video/mp4', true],
    ['text/html', false],
    ['image/svg+xml', false],
    ['application/javascript', false],
  ])('of type %s is shown in place: %s', async (filetype, shown) => {
    const on = { table: 'C_Order', record: String(order.id), location: 'ARCHIVE' }
    const session = await upload(server, bytes, { filename: 'x', filetype, ...on })
    const entries: { session: string; links: { content: string } }[] = await entriesOf(order.uid)
    const url = `${server.origin}${entries.find((entry) => entry.session === session)?.links.content}`
    const headers = { authorization: server.authorization }
    const inline = await fetch(`${url}?inline=1`, { headers })
    expect(inline.headers.get('content-disposition')?.startsWith('inline')).toBe(shown)
    expect(inline.headers.get('x-content-type-options')).toBe('nosniff')
    expect(inline.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(inline.headers.get('content-type')).toBe(filetype)
    const saved = await fetch(url, { headers })
    expect(saved.headers.get('content-disposition')).toMatch(/^attachment/)
    const known = { ...headers, 'if-none-match': saved.headers.get('etag') ?? '' }
    expect((await fetch(url, { headers: known })).status).toBe(304)
  })
})

test('bytes that are lost on the disk are an error of ours, logged without a secret', async () => {
  const on = { table: 'C_Order', record: String(order.id), location: 'ATTACHMENT' }
  const session = await upload(server, bytes, { filename: 'lost.bin', ...on })
  const entry = (await entriesOf(order.uid)).find((one: { session: string }) => one.session === session)
  const files = await readdir(server.dataDir, { recursive: true })
  const lost = files.filter((file) => file.includes(session))
  expect(lost).not.toEqual([])
  for (const file of lost) await rm(join(server.dataDir, file), { recursive: true, force: true })

  const answer = await at(`/entries/${entry.uid}/content?inline=1&token=hush-hush`)
  expect([answer.status, answer.body.code]).toEqual([500, 'internal'])
  expect(JSON.stringify(answer.body)).not.toContain(server.dataDir)
  const id = answer.headers.get('x-request-id') ?? ''
  await expect.poll(() => server.output()).toContain(id)
  expect(server.output()).not.toContain('hush-hush')
})
