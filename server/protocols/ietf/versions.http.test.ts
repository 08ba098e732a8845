import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { type Ask, append, ask, create, head, path, problem, type Reply, TYPE } from './support.ts'

const VERSIONS = [3, 4, 5, 6, 7, 8, 9]

describe.each(VERSIONS)('interop version %i', (version) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  const says = (complete: boolean): Record<string, string> =>
    version === 3
      ? { 'upload-incomplete': complete ? '?0' : '?1' }
      : { 'upload-complete': complete ? '?1' : '?0' }
  const begin = (complete: boolean, how: Ask = {}): Promise<Reply> =>
    ask(server, '/files', { ...how, method: 'POST', version, headers: { ...says(complete), ...how.headers } })
  const add = (upload: string, offset: number, text: string, headers: Record<string, string>) =>
    ask(server, upload, {
      method: 'PATCH',
      version,
      body: Buffer.from(text),
      headers: { 'upload-offset': offset, ...(version >= 6 ? { 'content-type': TYPE } : {}), ...headers },
    })
  const isComplete = ({ headers }: Reply): boolean | undefined => {
    const field = headers[version === 3 ? 'upload-incomplete' : 'upload-complete']
    if (field === undefined) return undefined
    return field === (version === 3 ? '?0' : '?1')
  }

  test('uploads a file in parts', async () => {
    const created = await begin(false, { body: Buffer.from('123') })
    expect([created.status, isComplete(created), created.headers['upload-offset']]).toEqual([201, false, '3'])
    expect(created.headers['upload-draft-interop-version']).toBe(String(version))
    const upload = path(created)
    const part = await add(upload, 3, '45', says(false))
    expect([part.status, isComplete(part), part.headers['upload-offset']]).toEqual([
      version < 7 ? 201 : 204,
      false,
      '5',
    ])
    const state = await head(server, upload, { version })
    expect([state.status, isComplete(state), state.headers['upload-offset']]).toEqual([204, false, '5'])
    expect(state.headers['upload-limit']).toMatch(version === 6 ? /\bexpires=\d+/ : /\bmax-age=\d+/)
    const last = await add(upload, 5, '6', says(true))
    expect([last.status, isComplete(last), last.headers['upload-offset']]).toEqual([201, true, '6'])
    const after = await head(server, upload, { version })
    expect([after.status, isComplete(after)]).toEqual([204, true])
    expect((await ask(server, upload)).body.toString()).toBe('123456')
  })

  test('uploads a file in one request', async () => {
    const created = await begin(true, { body: Buffer.from('123') })
    expect([created.status, isComplete(created), created.headers['upload-offset']]).toEqual([201, true, '3'])
    expect(created.interim[0]?.headers.location).toBe(created.headers.location)
  })

  test('refuses a wrong offset, and bytes for a complete upload', async () => {
    const upload = path(await begin(false, { body: Buffer.from('123') }))
    const wrong = await add(upload, 1, 'x', says(false))
    expect([wrong.status, isComplete(wrong), wrong.headers['upload-offset']]).toEqual([409, false, '3'])
    await add(upload, 3, '', says(true))
    const late = await add(upload, 3, '4', says(true))
    expect(late.status).toBe(400)
    expect(problem(late).type).toMatch(/#completed-upload$/)
  })

  test('an append that does not say whether it is the last', async () => {
    const upload = path(await begin(false))
    const reply = await add(upload, 0, '123', {})
    if (version >= 7) {
      expect(reply.status).toBe(400)
      return
    }
    expect([reply.status, isComplete(reply)]).toEqual([201, version === 3])
  })

  test('the media type of an append', async () => {
    const upload = path(await begin(false))
    const reply = await add(upload, 0, '123', { 'content-type': 'text/plain', ...says(false) })
    expect(reply.status).toBe(version < 6 ? 201 : 415)
  })

  test('fields of state on HEAD and DELETE', async () => {
    const upload = path(await begin(false))
    for (const method of ['HEAD', 'DELETE']) {
      const reply = await ask(server, upload, { method, version, headers: { 'upload-offset': '0' } })
      expect(reply.status).toBe(version < 7 ? 400 : 204)
    }
    const gone = await head(server, upload, { version })
    expect(gone.status).toBe(version < 7 ? 204 : 410)
    const other = path(await begin(false))
    await ask(server, other, { method: 'DELETE', version })
    expect((await head(server, other, { version })).status).toBe(version < 7 ? 404 : 410)
  })
})

describe('without an interop version', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  test.each([undefined, 99])('%s is answered as the newest', async (version) => {
    const how = version === undefined ? {} : { version }
    const plain = { 'upload-complete': '?0' }
    const created = await ask(server, '/files', {
      ...how,
      method: 'POST',
      headers: plain,
      body: Buffer.from('1'),
    })
    expect([created.status, created.headers['upload-complete']]).toEqual([201, '?0'])
    expect(created.headers['upload-draft-interop-version']).toBeUndefined()
    const reply = await ask(server, path(created), {
      ...how,
      method: 'PATCH',
      headers: { 'upload-complete': '?1', 'upload-offset': '1', 'content-type': TYPE },
      body: Buffer.from('2'),
    })
    expect([reply.status, reply.headers['upload-complete']]).toEqual([201, '?1'])
  })

  test('Upload-Incomplete is the third', async () => {
    const created = await ask(server, '/files', { method: 'POST', headers: { 'upload-incomplete': '?1' } })
    expect([created.status, created.headers['upload-incomplete']]).toEqual([201, '?1'])
    expect((await append(server, path(created), 0, Buffer.from('1'))).status).toBe(204)
    expect((await create(server)).status).toBe(201)
  })
})
