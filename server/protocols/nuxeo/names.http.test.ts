import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { blobOf, type Client, clientOf } from './support.ts'

describe('names', () => {
  let server: TestServer
  let nuxeo: Client
  let batch: string
  beforeAll(async () => {
    server = await startServer()
    nuxeo = clientOf(server)
    batch = await nuxeo.batch()
  })
  afterAll(() => server.dispose())

  const nameFor = async (given: string) => {
    const sent = await rawUpload(server, batch, given)
    if (sent !== 201) return sent
    return (await nuxeo.call('GET', `/upload/${batch}/9`)).body.name as string
  }
  const latin1 = (text: string): string => Buffer.from(text).toString('latin1')

  test.each([
    ['myFile.doc', 'myFile.doc'],
    ['a%20b+c.txt', 'a b c.txt'],
    ['%C3%A9%20a%2Bb%25.txt', 'é a+b%.txt'],
    [latin1('é ü 日本.txt'), 'é ü 日本.txt'],
    [`${latin1('é')}%C3%A9`, 'éé'],
    ['a/b\\..%2Fc', 'a/b\\../c'],
    ['%0Aline%0Dbreak%09%01%7F', '\nline\rbreak\t\x01\x7f'],
    ['%EF%BB%BFbom', '\uFEFFbom'],
    ['%F0%9F%93%84.txt', '📄.txt'],
    ['..', '..'],
  ])('%j is %j', async (given, name) => {
    expect(await nameFor(given)).toBe(name)
  })

  test.each(['..', '.', 'a/b.txt', '..%2F..%2Fx', '%23%3F%25'])(
    'the link to a blob named %j works',
    async (given) => {
      const own = await nuxeo.batch()
      await nuxeo.send(own, 0, 'content', { 'x-file-name': given })
      const { body } = await nuxeo.document('linked', { 'file:content': blobOf(own, '0') })
      const { status, text } = await nuxeo.call('GET', body.properties['file:content'].data)
      expect([status, text]).toEqual([200, 'content'])
    },
  )

  test.each(['%zz', '%', 'a%2', '%C3', '%C3%28', '%00', '%ED%A0%80', Buffer.from([0xe9]).toString('latin1')])(
    '%j is refused',
    async (given) => {
      expect(await nameFor(given)).toBe(400)
    },
  )

  test.each(['x', 'é', '日', '📄'])('2,000 times %s, through batch, document and blob', async (letter) => {
    const name = letter.repeat(2000)
    expect(await nameFor(encodeURIComponent(name))).toBe(name)
    const reference = { 'file:content': blobOf(batch, '9') }
    const { body } = await nuxeo.document('long', reference, { 'x-batch-no-drop': 'true' })
    expect(body.properties['file:content'].name).toBe(name)
    const answer = await rawGet(server, `/nuxeo/api/v1/id/${body.uid}/@blob/file:content`)
    const disposition = String(answer['content-disposition'])
    expect(disposition).toMatch(/^[\x20-\x7e]+$/)
    const encoded = /filename\*=UTF-8''([^;]+)$/.exec(disposition)?.[1]
    expect(
      encoded === undefined ? /filename=(.*)$/.exec(disposition)?.[1] : decodeURIComponent(encoded),
    ).toBe(name)
  })

  test('a longer one is refused, and nothing is stored', async () => {
    await nuxeo.call('DELETE', `/upload/${batch}/9`)
    expect(await nameFor('x'.repeat(5000))).toBe(400)
    expect((await nuxeo.call('GET', `/upload/${batch}/9`)).status).toBe(404)
  })

  test('a type that no header can carry', async () => {
    expect(await rawUpload(server, batch, 'x', Buffer.from('é').toString('latin1'))).toBe(400)
  })
})

/** Status of an upload whose headers are bytes that fetch would not send. */
const rawUpload = (server: TestServer, batch: string, name: string, type = 'text/plain'): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: server.authorization, 'x-file-name': name, 'x-file-type': type }
    const url = `${server.origin}/nuxeo/api/v1/upload/${batch}/9`
    const sending = request(url, { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sending.once('error', reject)
    // A Buffer, because Node writes the headers along with a string in its encoding.
    sending.end(Buffer.from('x'))
  })

const rawGet = (server: TestServer, path: string): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: server.authorization }
    const asking = request(server.origin + path, { headers, maxHeaderSize: 64 * 1024 }, (response) => {
      response.resume()
      resolve(response.headers)
    })
    asking.once('error', reject)
    asking.end()
  })
