import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUser, basic, startServer, type TestServer } from '#testing/server.ts'
import { call } from './support.ts'

let server: TestServer
let reader: { authorization: string }

beforeAll(async () => {
  server = await startServer()
  reader = { authorization: await addUser(server, 'rita', ['reader']) }
})
afterAll(() => server.dispose())

const create = (body: unknown, headers?: object) =>
  call(server, 'POST', '/users', { body, ...(headers !== undefined && { headers }) })

test('administrators add users, who then sign in', async () => {
  const { status, body } = await create({ userName: 'Zoë', password: 'né', roles: ['user', 'reader'] })
  expect(status).toBe(201)
  expect(body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    userName: 'Zoë',
    roles: ['user', 'reader'],
    tenant: 'main',
  })
  const { body: me } = await call(server, 'GET', '/me', { headers: { authorization: basic('Zoë', 'né') } })
  expect(me.user).toEqual(body)
  const { body: all } = await call(server, 'GET', '/users')
  expect(all.users.map(({ userName }: { userName: string }) => userName)).toEqual(['admin', 'rita', 'Zoë'])
  expect(JSON.stringify(all)).not.toContain('argon2')
})

test.each([
  [{ userName: 'rita', password: 'x' }, 409, 'conflict', 'userName'],
  [{ userName: 'RITA', password: 'x' }, 409, 'conflict', 'userName'],
  [{ userName: '', password: 'x' }, 400, 'invalid', 'userName'],
  [{ userName: 'a:b', password: 'x' }, 400, 'invalid', 'userName'],
  [{ userName: 'a\nb', password: 'x' }, 400, 'invalid', 'userName'],
  [{ userName: 'x'.repeat(10_000), password: 'x' }, 400, 'invalid', 'userName'],
  [{ userName: 'al', password: '' }, 400, 'invalid', 'password'],
  [{ userName: 'al' }, 400, 'invalid', 'password'],
  [{ userName: 1, password: 'x' }, 400, 'invalid', 'userName'],
  [{ userName: 'al', password: 'x', roles: ['king'] }, 400, 'invalid', 'roles.0'],
  [{ userName: 'al', password: 'x', roles: [] }, 400, 'invalid', 'roles'],
])('%j is refused', async (body, status, code, field) => {
  const answer = await create(body)
  expect([answer.status, answer.body.code, answer.body.field]).toEqual([status, code, field])
})

test('bodies that are no JSON are refused clearly', async () => {
  const send = (body: string, type: string) =>
    fetch(`${server.origin}/api/slipway/v1/users`, {
      method: 'POST',
      headers: { authorization: server.authorization, 'content-type': type },
      body,
    })
  const broken = await send('{"userName":', 'application/json')
  expect([broken.status, (await broken.json()).code]).toEqual([400, 'invalid'])
  const form = await send('userName=x', 'application/x-www-form-urlencoded')
  expect([form.status, (await form.json()).code]).toEqual([415, 'unsupported-media-type'])
  const huge = await send(JSON.stringify({ userName: 'x'.repeat(2_000_000) }), 'application/json')
  expect([huge.status, (await huge.json()).code]).toEqual([413, 'too-large'])
})

test('others may not', async () => {
  expect((await create({ userName: 'al', password: 'x' }, reader)).body.code).toBe('forbidden')
  expect((await create({ nonsense: true }, {})).status).toBe(401)
  expect((await call(server, 'GET', '/users', { headers: reader })).status).toBe(403)
  expect((await call(server, 'POST', '/tables', { headers: reader, body: { name: 'X' } })).status).toBe(403)
})

test('keys are shown once, act as their user, and end at once', async () => {
  const made = await call(server, 'POST', '/keys', { headers: reader, body: { name: 'ci' } })
  expect(made.status).toBe(201)
  expect(made.body).toEqual({ id: expect.any(String), name: 'ci', key: expect.stringMatching(/^slk_/) })
  const { id, key } = made.body
  for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }, { authorization: key }])
    expect((await call(server, 'GET', '/me', { headers })).body.user.userName).toBe('rita')
  const { body } = await call(server, 'GET', '/keys', { headers: reader })
  expect(body.keys).toEqual([{ id, name: 'ci', createdAt: expect.stringMatching(/^\d{4}-.*Z$/) }])
  expect((await call(server, 'DELETE', `/keys/${id}`)).status).toBe(404)
  expect((await call(server, 'DELETE', `/keys/${id}`, { headers: reader })).status).toBe(204)
  expect((await call(server, 'GET', '/me', { headers: { 'x-api-key': key } })).status).toBe(401)
  expect((await call(server, 'DELETE', `/keys/${id}`, { headers: reader })).status).toBe(404)
})

test('settings need no credential and tell no secret', async () => {
  const { status, body } = await call(server, 'GET', '/settings', { headers: {} })
  expect(status).toBe(200)
  expect(body).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    maxSize: 1024 ** 4,
    chunkSize: 8_388_608,
    uploadUrl: '/files',
    strict: [],
  })
})

test('nothing secret is in the log', async () => {
  const secrets = ['correct horse', server.key, 'né', 'slk_', 'rita has a long password', 'argon2']
  for (const secret of secrets) expect(server.output()).not.toContain(secret)
})
