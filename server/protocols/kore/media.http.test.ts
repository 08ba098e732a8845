import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { type Client, client, FILES, fetchBytes, field, filePart, form, multipart } from './support.ts'

let server: TestServer
let kore: Client
const bytes = randomBytes(1000)

beforeAll(async () => {
  server = await startServer({ SLIPWAY_KORE_URL_TTL: '4s', SLIPWAY_SESSION_TTL: '3s' })
  kore = client(server)
})
afterAll(() => server.dispose())

const upload = async (name = 'a b.mp3'): Promise<URL> => new URL((await kore.upload(bytes, name)).body.url)

test('a link serves ranges, heads and the name it is asked for, to anybody', async () => {
  const url = await upload()
  const whole = await fetch(url)
  expect(whole.status).toBe(200)
  expect(whole.headers.get('content-type')).toBe('audio/mpeg')
  expect(whole.headers.get('x-content-type-options')).toBe('nosniff')
  expect(whole.headers.get('access-control-allow-origin')).toBe('*')
  expect(whole.headers.get('content-disposition')).toMatch(/^inline; .*filename\*=UTF-8''a%20b\.mp3$/)
  const part = await fetch(url, { headers: { range: 'bytes=10-19' } })
  expect(part.status).toBe(206)
  expect(part.headers.get('content-range')).toBe('bytes 10-19/1000')
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true)
  expect((await fetch(url, { headers: { range: 'bytes=1000-' } })).status).toBe(416)
  const head = await fetch(url, { method: 'HEAD' })
  expect(head.headers.get('content-length')).toBe('1000')
  url.searchParams.set('fileName', '../Größe\r\n.html')
  const named = await fetch(url)
  expect(named.headers.get('content-type')).toBe('audio/mpeg')
  expect(named.headers.get('content-disposition')).toMatch(/filename\*=UTF-8''Gr%C3%B6%C3%9Fe\.html$/)
  url.searchParams.set('fileName', '\r\n/')
  expect((await fetch(url)).headers.get('content-disposition')).toContain('a%20b.mp3')
  await whole.arrayBuffer()
})

test('whatever is missing or changed is refused', async () => {
  const url = await upload()
  const changes: ((to: URL) => void)[] = [
    ...['e', 'n', 'del', 's'].map((name) => (to: URL) => to.searchParams.delete(name)),
    (to) => to.searchParams.set('e', String(Number(to.searchParams.get('e')) + 1)),
    (to) => to.searchParams.set('n', '1000000000'),
    (to) => to.searchParams.set('del', 'true'),
    (to) => to.searchParams.set('s', `${to.searchParams.get('s')}$`),
    (to) =>
      to.searchParams.set(
        's',
        `A${to.searchParams.get('s')?.slice(1) === undefined ? '' : to.searchParams.get('s')?.slice(2)}$`,
      ),
    (to) => {
      to.pathname = to.pathname.replace('.mp3', '.wav')
    },
    (to) => {
      to.pathname = to.pathname.replace('f-', 'g-')
    },
    ...['/', '/x', '%20', '%2F'].map((more) => (to: URL) => {
      to.pathname += more
    }),
    ...['orgFiles/', 'orgFiles'].map((end) => (to: URL) => {
      to.pathname = to.pathname.replace(/orgFiles.*/, end)
    }),
  ]
  for (const change of changes) {
    const to = new URL(url)
    change(to)
    const answer = await kore.call('GET', to.href)
    expect(answer.status, to.href).toBe(403)
    expect(answer.body.errors[0].httpStatus).toBe('403')
  }
  expect((await fetch(url, { method: 'POST' })).status).toBe(405)
  const elsewhere = await kore.call('GET', '/api/getMediaStream/other')
  expect(elsewhere.body.errors[0].httpStatus).toBe('404')
})

test('a link that deletes does so after the first full read', async () => {
  const body = multipart(filePart(bytes, 'a.wav'), field('fileContext', 'x'), field('del', 'true'))
  const { url } = (await kore.call('POST', FILES, body, form)).body
  expect(url).toContain('del=true')
  const part = await fetch(url, { headers: { range: 'bytes=0-9' } })
  await part.arrayBuffer()
  expect((await fetchBytes(url)).equals(bytes)).toBe(true)
  await sleep(100)
  const again = await kore.call('GET', url)
  expect(again.status).toBe(404)
  expect(again.body.errors[0].code).toBe('FILE_NOT_FOUND')
})

test('links and sessions end at their time', async () => {
  const url = await upload()
  const { sessionId } = (await kore.start({ fileSize: 3 })).body
  expect((await kore.chunk(sessionId, 0, 'ab')).status).toBe(200)
  await sleep(4200)
  const late = await kore.call('GET', url.href)
  expect(late.status).toBe(410)
  expect(late.body.errors[0].httpStatus).toBe('410')
  const answers = [
    await kore.chunk(sessionId, 0, 'abc'),
    await kore.complete(sessionId),
    await kore.call('GET', `${FILES}/session/${sessionId}`),
  ]
  for (const { status, body } of answers) {
    expect(status).toBe(410)
    expect(body.errors[0].code).toBe('SESSION_EXPIRED')
  }
})
