import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, basic, startServer, type TestServer } from '#testing/server.ts'
import { type Client, client, MODELS, problem, sha256, UPLOADS } from './support.ts'

const TOKENS = '/api/v1/auth/tokens'
const PASSWORD = 'correct horse battery staple'

let server: TestServer
let admin: Client
beforeAll(async () => {
  server = await startServer({ SLIPWAY_ADMIN_PASSWORD: PASSWORD })
  admin = client(server, basic('admin', PASSWORD))
  server = { ...server, authorization: basic('admin', PASSWORD) }
})
afterAll(() => server.dispose())

describe('POST auth/tokens', () => {
  const signIn = (json: unknown) => client(server, null).call('POST', TOKENS, { json })

  test('gives a token that is good for everything, and the one tenant and role', async () => {
    const { status, body } = await signIn({ userName: 'admin', password: PASSWORD })
    expect(status).toBe(200)
    expect(body.clients).toHaveLength(1)
    expect(body.clients[0]).toMatchObject({ id: expect.any(Number), name: expect.any(String) })
    expect(body.clients[0].roles).toHaveLength(1)
    const bearer = client(server, `Bearer ${body.token}`)
    expect((await bearer.begin()).status).toBe(201)
    expect((await bearer.call('GET', `${MODELS}/C_Order`)).status).toBe(200)
  })

  test('lets a client walk the flow of choosing tenant, role and organization', async () => {
    const { body } = await signIn({ userName: 'admin', password: PASSWORD })
    const first = client(server, `Bearer ${body.token}`)
    const [{ id: clientId }] = body.clients
    const { roles } = (await first.call('GET', `/api/v1/auth/roles?client=${clientId}`)).body
    const { organizations } = (await first.call('GET', `/api/v1/auth/organizations?client=${clientId}`)).body
    const json = { clientId, roleId: roles[0].id, organizationId: organizations[0].id }
    const chosen = await first.call('PUT', TOKENS, { json })
    expect(chosen.status).toBe(200)
    expect((await client(server, `Bearer ${chosen.body.token}`).begin()).status).toBe(201)
  })

  test('refuses wrong ones: 401, with a reason', async () => {
    for (const json of [
      { userName: 'admin', password: 'wrong' },
      { userName: 'nobody', password: PASSWORD },
      { userName: 'admin' },
    ]) {
      const { status, body } = await signIn(json)
      expect([status, body.title]).toEqual([401, 'Authentication failed'])
      expect(body.token).toBeUndefined()
    }
  })

  test('refuses what is no sign-in: 400', async () => {
    expect((await signIn({})).status).toBe(400)
    const headers = { 'content-type': 'application/json' }
    for (const body of ['', '{'])
      expect((await client(server, null).call('POST', TOKENS, { body, headers })).status).toBe(400)
  })
})

describe('without a credential that holds', () => {
  test.each([null, 'Digest username="x"', 'Bearer', 'Bearer ', 'Basic'])(
    '%j: 401, empty',
    async (authorization) => {
      const { status, text, headers } = await client(server, authorization).call('GET', UPLOADS)
      expect([status, text, headers.get('www-authenticate')]).toEqual([401, '', null])
    },
  )

  test.each(['Bearer wrong', 'Bearer a.b.c', basic('admin', 'wrong'), 'wrong'])(
    '%j: 401 with a title',
    async (authorization) => {
      const { status, body } = await client(server, authorization).begin()
      expect(status).toBe(401)
      expect(body).toMatchObject({ title: expect.any(String), status: 401 })
    },
  )

  test('every route', async () => {
    const nobody = client(server, null)
    for (const [method, path] of [
      ['POST', UPLOADS],
      ['GET', UPLOADS],
      ['GET', `${UPLOADS}/x`],
      ['DELETE', `${UPLOADS}/x`],
      ['PUT', `${UPLOADS}/x/chunks/1`],
      ['GET', `${UPLOADS}/x/file`],
      ['POST', `${UPLOADS}/x/copy`],
      ['GET', `${MODELS}/C_Order`],
      ['POST', `${MODELS}/C_Order`],
      ['GET', `${MODELS}/AD_Image/1/BinaryData`],
    ] as const)
      expect([path, (await nobody.call(method, path)).status]).toEqual([path, 401])
  })

  test('an API key is one everywhere', async () => {
    const { status } = await client(server, null).call('GET', UPLOADS, {
      headers: { 'x-api-key': server.key },
    })
    expect(status).toBe(200)
  })
})

describe('somebody else’s upload', () => {
  let ann: Client
  let bob: Client
  let open: string
  let done: string
  beforeAll(async () => {
    ann = client(server, await addUser(server, 'ann'))
    bob = client(server, await addUser(server, 'bob'))
    open = (await ann.begin({ sha256: sha256('abc') })).body.uploadId
    done = await ann.upload(['abc'])
  })

  test('is 404 for everything, and stays as it is', async () => {
    for (const id of [open, done]) {
      const absent = problem(404, 'Upload session not found: ', id)
      expect((await bob.call('GET', `${UPLOADS}/${id}?expiresInSeconds=60`)).body).toEqual(absent)
      expect((await bob.put(id, 1, 'xyz', 1)).body).toEqual(absent)
      expect((await bob.call('GET', `${UPLOADS}/${id}/file`)).body).toEqual(absent)
      expect(
        (await bob.call('POST', `${UPLOADS}/${id}/copy`, { json: { copyLocation: 'IMAGE' } })).body,
      ).toEqual(absent)
      expect((await bob.call('DELETE', `${UPLOADS}/${id}`)).body).toEqual(absent)
    }
    expect((await bob.call('GET', UPLOADS)).body).toEqual({ uploads: [] })
    expect((await ann.status(open)).status).toBe('INITIATED')
    expect((await ann.call('GET', `${UPLOADS}/${done}/file`)).text).toBe('abc')
  })

  test('is open to an administrator, but not in their list', async () => {
    expect((await admin.status(open)).status).toBe('INITIATED')
    const { uploads } = (await admin.call('GET', UPLOADS)).body
    expect(uploads.some(({ uploadId }: { uploadId: string }) => uploadId === open)).toBe(false)
  })

  test('a link acts as whoever it was made for', async () => {
    const { presignedURL } = (await ann.call('GET', `${UPLOADS}/${done}?expiresInSeconds=60`)).body
    const query = presignedURL.split('?')[1]
    expect((await bob.call('GET', `${UPLOADS}/${done}/file?${query}`)).text).toBe('abc')
  })
})

test('a reader begins nothing: 403', async () => {
  const reader = client(server, await addUser(server, 'rita', ['reader']))
  const { status, body } = await reader.begin()
  expect([status, body.title]).toEqual([403, 'Access denied'])
  for (const wrong of [{ sha256: 'x' }, { fileName: '' }, { uploadLocation: 'x' }])
    expect((await reader.begin(wrong)).status).toBe(403)
  expect((await reader.call('GET', UPLOADS)).body).toEqual({ uploads: [] })
})
