import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { tusClient } from './support.ts'

describe('tus OPTIONS', () => {
  let server: TestServer
  let client: ReturnType<typeof tusClient>
  beforeAll(async () => {
    server = await startServer({ SLIPWAY_MAX_SIZE: '1000000' })
    client = tusClient(server)
  })
  afterAll(() => server.dispose())

  test('tells what works here, to anybody', async () => {
    for (const path of ['/files', '/files/', '/files/00000000-0000-4000-8000-000000000000']) {
      const reply = await client.ask('OPTIONS', path, { as: null })
      expect(reply).toMatchObject({
        status: 204,
        headers: {
          'tus-version': '1.0.0',
          'tus-resumable': '1.0.0',
          'tus-max-size': '1000000',
          'tus-checksum-algorithm': 'sha1,sha256,md5,crc32',
        },
      })
      expect(String(reply.headers['tus-extension']).split(',').toSorted()).toEqual([
        'checksum',
        'checksum-trailer',
        'concatenation',
        'concatenation-unfinished',
        'creation',
        'creation-defer-length',
        'creation-with-upload',
        'expiration',
        'termination',
      ])
    }
  })

  test('lets pages of any origin use every header and method, by name, for a day', async () => {
    const { headers } = await client.ask('OPTIONS', '/files', {
      as: null,
      headers: {
        origin: 'https://elsewhere.example',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'x-something-else',
      },
    })
    const list = (name: string): string[] => String(headers[name]).split(', ')
    expect(headers['access-control-allow-origin']).toBe('*')
    expect(headers['access-control-max-age']).toBe('86400')
    for (const method of ['POST', 'HEAD', 'PATCH', 'DELETE', 'GET', 'OPTIONS'])
      expect(list('access-control-allow-methods')).toContain(method)
    const names = [
      'Authorization',
      'Tus-Resumable',
      'Upload-Checksum',
      'Upload-Concat',
      'X-HTTP-Method-Override',
    ]
    for (const name of [...names, 'Upload-Complete', 'Upload-Draft-Interop-Version', 'Repr-Digest'])
      expect(list('access-control-allow-headers')).toContain(name)
    for (const name of [
      'Location',
      'Upload-Offset',
      'Upload-Expires',
      'Tus-Checksum-Algorithm',
      'Upload-Limit',
    ])
      expect(list('access-control-expose-headers')).toContain(name)
    expect(Object.values(headers).join()).not.toContain('x-something-else')
  })

  test('a file may be as large as is told, and no larger', async () => {
    const create = (length: string) => client.tus('POST', '/files', { headers: { 'upload-length': length } })
    expect((await create('1000000')).status).toBe(201)
    expect((await create('1000001')).status).toBe(413)
    const url = await client.create(null)
    expect((await client.patch(url, 0, Buffer.alloc(1_000_001))).status).toBe(413)
    expect((await client.patch(url, 0, 'x', { 'upload-length': '1000001' })).status).toBe(413)
  })

  test('what is not possible is 405 and says what is', async () => {
    const url = await client.create(1)
    for (const [method, path] of [
      ['PUT', url],
      ['POST', url],
      ['PUT', '/files'],
      ['GET', '/files'],
      ['DELETE', '/files/'],
    ] as const) {
      const reply = await client.tus(method, path)
      expect(reply.status).toBe(405)
      expect(reply.headers.allow).toContain('OPTIONS')
      expect(reply.headers['access-control-allow-origin']).toBe('*')
    }
  })
})
