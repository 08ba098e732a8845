import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { type Client, client, type Reply, sha256, UPLOADS } from './support.ts'

let server: TestServer
let admin: Client
let nobody: Client
beforeAll(async () => {
  server = await startServer()
  admin = client(server)
  nobody = client(server, null)
})
afterAll(() => server.dispose())

async function begin(more = {}): Promise<{ id: string; query: string }> {
  const { uploadId, presignedURL } = (await admin.begin(more)).body
  return { id: uploadId, query: presignedURL.split('?')[1] }
}
async function getLink(id: string, life = 60): Promise<string> {
  return (await admin.call('GET', `${UPLOADS}/${id}?expiresInSeconds=${life}`)).body.presignedURL.split(
    '?',
  )[1]
}
const put = (id: string, query: string, body = 'abc', number = 1, total = 1): Promise<Reply> =>
  nobody.call('PUT', `${UPLOADS}/${id}/chunks/${number}?${query}`, {
    body,
    headers: { 'content-type': 'application/octet-stream', 'x-total-chunks': String(total) },
  })
const concealed = (reply: Reply): void => {
  expect(reply.status).toBe(400)
  expect(reply.text).toBe('Something went wrong ...')
  expect(reply.headers.get('content-type')).toContain('text/plain')
}

test('a PUT link takes every chunk number, with the answers of any credential', async () => {
  const { id, query } = await begin({ sha256: sha256('abcdef') })
  expect((await put(id, query, 'def', 2, 2)).body).toEqual({
    uploadId: id,
    chunkOrder: 2,
    receivedSize: 3,
    message: 'Chunk 2 uploaded successfully.',
    isLastChunk: false,
  })
  expect((await put(id, query, 'abc', 1, 2)).body.isLastChunk).toBe(true)
  expect((await admin.settled(id)).status).toBe('COMPLETED')
})

test('a GET link gives the status and the file, in every form', async () => {
  const id = await admin.upload(['abc'])
  const query = await getLink(id)
  expect((await nobody.call('GET', `${UPLOADS}/${id}?${query}`)).body).toMatchObject({ status: 'COMPLETED' })
  expect((await nobody.call('GET', `${UPLOADS}/${id}/file?${query}`)).text).toBe('abc')
  expect((await nobody.call('GET', `${UPLOADS}/${id}/file?${query}&json`)).text).toBe('{"data":"YWJj"}')
  const part = await nobody.call('GET', `${UPLOADS}/${id}/file?${query}`, { headers: { range: 'bytes=1-1' } })
  expect([part.status, part.text]).toEqual([206, 'b'])
})

test('a status asked for by a link gives no link that lives longer', async () => {
  const id = await admin.upload(['abc'])
  const query = await getLink(id, 30)
  const { presignedURL } = (await nobody.call('GET', `${UPLOADS}/${id}?${query}&expiresInSeconds=9999`)).body
  expect(Number(/X-ID-EXPIRES=(\d+)/.exec(presignedURL)?.[1])).toBeLessThanOrEqual(30)
  const second = presignedURL.split('?')[1]
  expect((await nobody.call('GET', `${UPLOADS}/${id}/file?${second}`)).text).toBe('abc')
})

describe('what a link is not for', () => {
  let id: string
  let toGet: string
  let toPut: string
  beforeAll(async () => {
    const begun = await begin({ sha256: sha256('abc') })
    id = begun.id
    toPut = begun.query
    await admin.put(id, 1, 'abc', 1)
    await admin.settled(id)
    toGet = await getLink(id)
  })

  test.each([
    ['a status', 'GET', () => `${UPLOADS}/${id}?${toPut}`],
    ['the file', 'GET', () => `${UPLOADS}/${id}/file?${toPut}`],
    ['a cancel', 'DELETE', () => `${UPLOADS}/${id}?${toGet}`],
    ['a cancel by a PUT link', 'DELETE', () => `${UPLOADS}/${id}?${toPut}`],
    ['a chunk by a GET link', 'PUT', () => `${UPLOADS}/${id}/chunks/1?${toGet}`],
    ['a HEAD', 'HEAD', () => `${UPLOADS}/${id}/file?${toGet}`],
    ['the list', 'GET', () => `${UPLOADS}?${toGet}`],
    ['a new upload', 'POST', () => `${UPLOADS}?${toPut}`],
    ['a copy', 'POST', () => `${UPLOADS}/${id}/copy?${toGet}`],
    ['records', 'GET', () => `/api/v1/models/C_Order?${toGet}`],
    ['a path with the same beginning', 'GET', () => `${UPLOADS}/${id}0?${toGet}`],
    ['chunks with the same beginning', 'PUT', () => `${UPLOADS}/${id}/chunks1/1?${toPut}`],
  ])('%s', async (_, method, path) => {
    const { status, text } = await nobody.call(method, path())
    expect(status).toBe(400)
    if (method !== 'HEAD') expect(text).toBe('Something went wrong ...')
  })

  test('another upload, with the credential of its owner beside it', async () => {
    const other = await admin.upload(['other'])
    concealed(await admin.call('GET', `${UPLOADS}/${other}/file?${toGet}`))
  })
})

describe('an altered link', () => {
  const alter = (query: string, name: string, change: (value: string) => string | null): string =>
    query
      .split('&')
      .flatMap((pair) => {
        const [key = '', value = ''] = pair.split('=')
        if (key !== name) return [pair]
        const next = change(value)
        return next === null ? [] : [`${key}=${next}`]
      })
      .join('&')
  const flip = (value: string): string => value.slice(0, -1) + (value.endsWith('A') ? 'B' : 'A')
  const decoded = (value: string, change: (parts: unknown[]) => unknown[]): string =>
    Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(value, 'base64url').toString())))).toString(
      'base64url',
    )

  test.each<[string, string, (value: string) => string | null]>([
    ['credential', 'X-ID-CREDENTIAL', flip],
    [
      'credential of another owner',
      'X-ID-CREDENTIAL',
      (value) => decoded(value, ([_, ...rest]) => ['someone', ...rest]),
    ],
    ['credential without content', 'X-ID-CREDENTIAL', () => ''],
    ['credential that is noise', 'X-ID-CREDENTIAL', () => '%%%'],
    ['credential left out', 'X-ID-CREDENTIAL', () => null],
    ['date', 'X-ID-DATE', (value) => value.replace(/^2/, '3')],
    ['date left out', 'X-ID-DATE', () => null],
    ['life', 'X-ID-EXPIRES', () => '999999'],
    ['life with a zero before', 'X-ID-EXPIRES', (value) => `0${value}`],
    ['life left out', 'X-ID-EXPIRES', () => null],
    ['signature', 'X-ID-SIGNATURE', (value) => (value.startsWith('0') ? '1' : '0') + value.slice(1)],
    ['signature in upper case', 'X-ID-SIGNATURE', (value) => `${value.slice(0, -1).toUpperCase()}A`],
    ['signature cut short', 'X-ID-SIGNATURE', (value) => value.slice(0, -2)],
  ])('%s: 400 that tells nothing, nothing stored', async (_, name, change) => {
    const { id, query } = await begin({ sha256: sha256('abc') })
    const altered = alter(query, name, change)
    expect(altered).not.toBe(query)
    concealed(await put(id, altered))
    expect((await admin.status(id)).status).toBe('INITIATED')
    expect((await put(id, query)).status).toBe(200)
    concealed(await nobody.call('GET', `${UPLOADS}/${id}?${alter(await getLink(id), name, change)}`))
  })

  test('without a signature it is no link: 401', async () => {
    const { id, query } = await begin()
    expect(
      (
        await put(
          id,
          alter(query, 'X-ID-SIGNATURE', () => ''),
        )
      ).status,
    ).toBe(401)
    expect(
      (
        await put(
          id,
          alter(query, 'X-ID-SIGNATURE', () => null),
        )
      ).status,
    ).toBe(401)
  })
})

describe('failures behind a link that holds tell nothing', () => {
  test('its life is over', async () => {
    const { id, query } = await begin({ expiresInSeconds: 1 })
    const done = await admin.upload(['abc'])
    const toGet = await getLink(done, 1)
    expect((await nobody.call('GET', `${UPLOADS}/${done}/file?${toGet}`)).status).toBe(200)
    await sleep(1100)
    concealed(await put(id, query))
    concealed(await nobody.call('GET', `${UPLOADS}/${done}/file?${toGet}`))
  })

  test('canceled, complete, wrong numbers, wrong size', async () => {
    const { id, query } = await begin()
    concealed(await put(id, query, 'abc', 2, 1))
    concealed(await put(id, query, 'abc', 1, 0))
    concealed(await nobody.call('PUT', `${UPLOADS}/${id}/chunks/one?${query}`))
    await admin.call('DELETE', `${UPLOADS}/${id}`)
    concealed(await put(id, query))
    const sized = await begin({ fileSize: 9 })
    concealed(await put(sized.id, sized.query))
    const done = await begin({ sha256: sha256('abc') })
    await put(done.id, done.query)
    concealed(await put(done.id, done.query))
    const toGet = await getLink(sized.id)
    concealed(await nobody.call('GET', `${UPLOADS}/${sized.id}/file?${toGet}`))
    await admin.call('DELETE', `${UPLOADS}/${sized.id}`)
    expect((await nobody.call('GET', `${UPLOADS}/${sized.id}?${toGet}`)).body.status).toBe('CANCELED')
  })
})
