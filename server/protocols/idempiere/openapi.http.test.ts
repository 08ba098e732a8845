import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { client, UPLOADS } from './support.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.dispose())

test('the document describes every route of this protocol', async () => {
  const { paths } = await (await fetch(`${server.origin}/openapi.json`)).json()
  const own = Object.entries(paths).filter(([path]) => path.startsWith('/api/v1/'))
  const routes = own.flatMap(([path, verbs]) =>
    Object.keys(verbs as object).map((verb) => `${verb.toUpperCase()} ${path.slice('/api/v1'.length)}`),
  )
  expect(routes.sort()).toEqual([
    'DELETE /models/{table}/{key}',
    'DELETE /models/{table}/{key}/attachments/{fileName}',
    'DELETE /uploads/{uploadId}',
    'GET /models/{table}',
    'GET /models/{table}/{key}',
    'GET /models/{table}/{key}/BinaryData',
    'GET /models/{table}/{key}/attachments',
    'GET /models/{table}/{key}/attachments/{fileName}',
    'GET /uploads',
    'GET /uploads/{uploadId}',
    'GET /uploads/{uploadId}/file',
    'POST /auth/tokens',
    'POST /models/{table}',
    'POST /uploads',
    'POST /uploads/{uploadId}/copy',
    'PUT /models/{table}/{key}',
    'PUT /uploads/{uploadId}/chunks/{chunkOrder}',
  ])
  expect(
    Object.keys(paths['/api/v1/uploads/{uploadId}/chunks/{chunkOrder}'].put.requestBody.content),
  ).toEqual(['application/octet-stream'])
})

test('its examples run', async () => {
  const admin = client(server)
  const { paths, components } = await (await fetch(`${server.origin}/openapi.json`)).json()
  const exampleOf = (path: string, type = 'application/json') => {
    const { schema, example } = (paths[path].post ?? paths[path].put).requestBody.content[type]
    const name = schema.$ref?.split('/').at(-1)
    return example ?? components.schemas[name].examples[0]
  }
  const begun = await admin.call('POST', UPLOADS, { json: exampleOf('/api/v1/uploads') })
  expect(begun.status).toBe(201)
  const id = begun.body.uploadId
  const first = exampleOf('/api/v1/uploads/{uploadId}/chunks/{chunkOrder}', 'application/octet-stream')
  await admin.put(id, 1, first, 2)
  await admin.put(id, 2, 'world', 2)
  expect((await admin.settled(id)).status).toBe('COMPLETED')
  const copied = await admin.call('POST', `${UPLOADS}/${id}/copy`, {
    json: exampleOf('/api/v1/uploads/{uploadId}/copy'),
  })
  expect(copied.status).toBe(200)
  const record = await admin.call('POST', '/api/v1/models/C_Order', {
    json: exampleOf('/api/v1/models/{table}'),
  })
  expect(record.status).toBe(201)
})
