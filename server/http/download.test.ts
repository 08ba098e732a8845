import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Download, download } from './download.ts'

const content = Buffer.from('0123456789'.repeat(10))
const sha256 = createHash('sha256').update(content).digest('hex')
const etag = `"${sha256}"`
const modified = Date.UTC(2026, 10, 21, 12, 0, 0, 250)
const date = new Date(modified).toUTCString()

let server: Server
let url: string
let what: Download
let failure: unknown
let returned = 0

async function* bytes(from: number, to: number): AsyncGenerator<Buffer> {
  try {
    for (let at = from; at < to; at += 7) yield content.subarray(at, Math.min(at + 7, to))
  } finally {
    returned += 1
  }
}

beforeEach(async () => {
  const file = { id: 'f', tenant: 'main', size: content.length, digests: { sha256 }, segments: null }
  what = { file, name: 'a.txt', contentType: 'text/plain', modified, bytes }
  failure = undefined
  returned = 0
  server = createServer((req, res) => {
    download(req, res, what).catch((error) => {
      failure = error
      if (!res.headersSent) res.writeHead(500)
      res.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const get = (headers: Record<string, string> = {}, method = 'GET') => fetch(url, { headers, method })
const expectWhole = async (response: Response) => {
  expect(response.status).toBe(200)
  expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true)
}

describe('a whole file', () => {
  it('comes with all that describes it', async () => {
    const response = await get()
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-length': '100',
      'content-type': 'text/plain',
      'content-disposition': 'attachment; filename=a.txt',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      etag,
      'last-modified': date,
    })
    expect(response.headers.get('content-security-policy')).toContain('sandbox')
    await expectWhole(response)
  })

  it('answers HEAD alike, without the bytes', async () => {
    const response = await get({ range: 'bytes=0-1' }, 'HEAD')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-length')).toBe('100')
    expect(await response.text()).toBe('')
  })

  it('may be empty', async () => {
    what = { ...what, file: { ...what.file, size: 0 } }
    const response = await get()
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '0'])
    expect((await get({ range: 'bytes=0-' })).status).toBe(416)
  })
})

describe('ranges', () => {
  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=10-19', 10, 19],
    ['bytes=90-', 90, 99],
    ['bytes=90-5000', 90, 99],
    ['bytes=-1', 99, 99],
    ['bytes=-5000', 0, 99],
    ['BYTES=99-99', 99, 99],
  ])('%s', async (range, first, last) => {
    const response = await get({ range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(`bytes ${first}-${last}/100`)
    expect(response.headers.get('content-length')).toBe(String(last - first + 1))
    expect(response.headers.get('content-disposition')).toBe('attachment; filename=a.txt')
    expect(await response.text()).toBe(content.subarray(first, last + 1).toString())
  })

  it.each(['bytes=100-', 'bytes=100-200', 'bytes=-0', 'bytes=99999999999999999999-'])(
    '%s is unsatisfiable',
    async (range) => {
      const response = await get({ range })
      expect(response.status).toBe(416)
      expect(response.headers.get('content-range')).toBe('bytes */100')
      expect(await response.text()).toBe('')
    },
  )

  it.each(['bytes=5-2', 'bytes=x-', 'bytes=-', 'items=0-1', 'bytes=1-2-3', 'bytes', 'bytes=0-1,3-4'])(
    '%s is ignored',
    async (range) => expectWhole(await get({ range })),
  )

  it('several are refused where the room says so', async () => {
    what = { ...what, severalRanges: 'refuse' }
    expect((await get({ range: 'bytes=0-1,3-4' })).status).toBe(416)
  })

  it.each([
    ['etag', etag, 206],
    ['date', date, 206],
    ['another etag', '"x"', 200],
    ['a weak etag', `W/${etag}`, 200],
    ['another date', new Date(0).toUTCString(), 200],
  ])('If-Range with %s', async (_, condition, status) => {
    expect((await get({ range: 'bytes=0-1', 'if-range': condition })).status).toBe(status)
  })
})

describe('preconditions', () => {
  it.each([
    [{ 'if-none-match': etag }, 304],
    [{ 'if-none-match': `"x", W/${etag}` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"x"' }, 200],
    [{ 'if-none-match': '"x"', 'if-modified-since': date }, 200],
    [{ 'if-modified-since': date }, 304],
    [{ 'if-modified-since': new Date(0).toUTCString() }, 200],
    [{ 'if-modified-since': 'nonsense' }, 200],
    [{ 'if-match': '"x"' }, 412],
    [{ 'if-match': etag }, 200],
    [{ 'if-unmodified-since': new Date(0).toUTCString() }, 412],
    [{ 'if-unmodified-since': date }, 200],
  ] as [Record<string, string>, number][])('%j', async (headers, status) => {
    const response = await get(headers)
    expect(response.status).toBe(status)
    expect(response.headers.get('etag')).toBe(etag)
  })
})

describe('what is shown in place', () => {
  const shown = async (contentType: string | null) => {
    what = { ...what, contentType, disposition: 'inline' }
    const { headers } = await get()
    return {
      inline: headers.get('content-disposition')?.startsWith('inline') ?? false,
      type: headers.get('content-type'),
      policy: headers.get('content-security-policy') ?? '',
    }
  }

  it.each([
    'image/png',
    'IMAGE/JPEG',
    'application/pdf',
    'audio/mpeg',
    'video/mp4',
    'text/plain; charset=utf-8',
  ])('%s', async (type) => expect((await shown(type)).inline).toBe(true))

  it.each([
    'text/html',
    'image/svg+xml',
    'application/xhtml+xml',
    'text/xml',
    'application/javascript',
    null,
  ])('never %s', async (type) => {
    const { inline, policy } = await shown(type)
    expect(inline).toBe(false)
    expect(policy).toContain('sandbox')
  })

  it.each(['text/html\r\nx: y', 'é/x', 'nonsense', ''])(
    '%j becomes a type that headers carry',
    async (type) => {
      expect((await shown(type)).type).toBe('application/octet-stream')
    },
  )
})

describe('names', () => {
  const disposition = async (name: string) => {
    what = { ...what, name }
    return (await get()).headers.get('content-disposition') ?? ''
  }
  const utf8 = async (name: string) =>
    decodeURIComponent(/filename\*=UTF-8''(.*)$/.exec(await disposition(name))?.[1] ?? '')

  it.each(['日本語 "x".pdf', 'é.txt', 'a\u202eb.txt', 'emoji 🎉.png'])('keeps %s', async (name) =>
    expect(await utf8(name)).toBe(name),
  )

  it.each([
    ['../a/b\\c.txt', '"?.._a_b_c.txt"?'],
    ['a\r\nb', '"?a__b"?'],
    ['..', '"?_"?'],
    ['', '"?_"?'],
  ])('changes %j', async (name, expected) =>
    expect(await disposition(name)).toMatch(new RegExp(`^attachment; filename=${expected}$`)),
  )

  it('survives lone surrogates and monstrous lengths', async () => {
    expect(await disposition('a\ud800b')).toContain('filename')
    const cut = await utf8(`${'語'.repeat(4000)}.pdf`)
    expect(cut).toMatch(/^語+\.pdf$/)
  })
})

describe('trouble', () => {
  it('at the first byte is told before the answer begins', async () => {
    // biome-ignore lint/correctness/useYield: fails at once
    const broken = async function* (): AsyncGenerator<Buffer> {
      throw new Error('disk is gone')
    }
    what = { ...what, bytes: broken }
    expect((await get()).status).toBe(500)
    expect(failure).toMatchObject({ message: 'disk is gone' })
  })

  it('later breaks the connection, so that nobody takes a part for the whole', async () => {
    what = {
      ...what,
      bytes: async function* () {
        yield content.subarray(0, 10)
        throw new Error('disk is gone')
      },
    }
    await expect(get().then((response) => response.arrayBuffer())).rejects.toThrow()
    expect(failure).toMatchObject({ message: 'disk is gone' })
  })

  it('a client that leaves stops the reading and frees what it held', async () => {
    let read = 0
    const piece = Buffer.alloc(65_536)
    what = {
      ...what,
      file: { ...what.file, size: 1e9 },
      bytes: async function* () {
        try {
          for (;;) {
            read += piece.length
            yield piece
          }
        } finally {
          returned += 1
        }
      },
    }
    const client = request(url)
    client.on('error', () => undefined)
    client.end()
    const [response] = await once(client, 'response')
    response.pause()
    await sleep(200)
    const ahead = read
    await sleep(100)
    expect(read).toBe(ahead)
    client.destroy()
    await expect.poll(() => returned).toBe(1)
    expect(failure).toBeUndefined()
  })
})
