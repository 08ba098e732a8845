import { createHash, randomBytes } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from '#errors'
import { readBody } from './body.ts'
import { type Form, readForm } from './multipart.ts'

const B = '------------------------abcdef0123456789'
const TYPE = `application/json; boundary=${B}`

const field = (name: string, value: string, kind = 'form-data'): string =>
  `--${B}\r\nContent-Disposition: ${kind}; name="${name}"\r\n\r\n${value}\r\n`
const fileHead = (name = 'file', fileName = 'a.wav', kind = 'form-data'): string =>
  `--${B}\r\nContent-Disposition: ${kind}; name="${name}"; filename="${fileName}"\r\nContent-Type: audio/wav\r\n\r\n`
const end = `--${B}--\r\n`

const form = (...parts: (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)))

/** `bytes` in pieces of the given lengths. */
function split(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const out: Buffer[] = []
  let at = 0
  for (const length of lengths) {
    out.push(bytes.subarray(at, at + length))
    at += length
  }
  return [...out, bytes.subarray(at)].filter((piece) => piece.length > 0)
}

const source = (pieces: readonly Buffer[]) => readBody(Readable.from(pieces, { objectMode: false }), null)

async function read(
  bytes: Buffer,
  options: { type?: string | undefined; file?: string | null; lengths?: number[] } = {},
) {
  const { type = TYPE, file = 'file', lengths = [] } = options
  const got = await readForm(source(split(bytes, lengths)), type || undefined, { file })
  const content = got.file === null ? null : await all(got)
  return { got, fields: Object.fromEntries(got.fields), content }
}

async function all({ file }: Form): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of file?.body ?? []) pieces.push(piece)
  return Buffer.concat(pieces)
}

const refusal = (promise: Promise<unknown>): Promise<Refusal> =>
  promise.then(
    () => Promise.reject(new Error('nothing was refused')),
    (error: unknown) => {
      expect(error).toBeInstanceOf(Refusal)
      return error as Refusal
    },
  )

test('knows the fields before the file when the file begins', async () => {
  const stream = new PassThrough()
  stream.write(form(field('a', '1'), fileHead(), 'x'))
  const got = await readForm(readBody(stream, null), TYPE, { file: 'file' })
  expect([...got.fields]).toEqual([['a', '1']])
  stream.end(form('\r\n', field('b', '2'), end))
  expect((await all(got)).toString()).toBe('x')
  expect(got.fields.get('b')).toBe('2')
})

test('gives the file and the fields before and after it', async () => {
  const bytes = form(field('a', '1'), fileHead(), 'the\r\nbytes', '\r\n', field('b', '2'), end)
  const { got, fields, content } = await read(bytes)
  expect(got.file).toMatchObject({ name: 'file', fileName: 'a.wav', contentType: 'audio/wav' })
  expect(fields).toEqual({ a: '1', b: '2' })
  expect(content?.toString()).toBe('the\r\nbytes')
})

test('takes what curl sends when it is told another content type', async () => {
  const bytes = form(fileHead('file', 'c0.bin', 'attachment'), 'x\r\n', field('n', '0', 'attachment'), end)
  const { fields, content } = await read(bytes)
  expect(fields).toEqual({ n: '0' })
  expect(content?.toString()).toBe('x')
})

test('finds the boundary in the body when no header tells it', async () => {
  const bytes = form(fileHead(), 'x', '\r\n', end)
  for (const lengths of [[], [1, 1, 1, 5], [30, 1]]) {
    const { content } = await read(bytes, { type: '', lengths })
    expect(content?.toString()).toBe('x')
  }
})

test('decodes base64, and drops a semicolon too many', async () => {
  const content = randomBytes(1000)
  const text = content.toString('base64').replace(/.{76}/g, '$&\r\n')
  const header = `--${B}\r\nContent-Disposition: form-data; name="file";\r\nContent-Transfer-Encoding: base64\r\n\r\n`
  const got = await read(form(header, text, '\r\n', end), { lengths: [200, 7, 100] })
  expect(got.content?.equals(content)).toBe(true)
})

test('reads names in UTF-8 and without control characters', async () => {
  const bytes = form(fileHead('file', '../Lärm\u0001 日本.wav'), 'x', '\r\n', end)
  const { got } = await read(bytes)
  expect(got.file?.fileName).toBe('../Lärm 日本.wav')
})

test('takes the first file of any name where none is named', async () => {
  const second = fileHead('other').replace('a.wav', 'b.wav')
  const bytes = form(fileHead('files[]'), 'one', '\r\n', second, 'two', '\r\n', end)
  const { got, content } = await read(bytes, { file: null })
  expect(got.file?.name).toBe('files[]')
  expect(content?.toString()).toBe('one')
})

test('reads away files that are not the named one', async () => {
  const bytes = form(fileHead('other'), randomBytes(600_000), '\r\n', fileHead(), 'x', '\r\n', end)
  expect((await read(bytes)).content?.toString()).toBe('x')
  expect((await read(form(field('a', '1'), end))).got.file).toBeNull()
})

test('takes empty files, with and without the line break that may be left out', async () => {
  expect((await read(form(fileHead(), '\r\n', end))).content?.length).toBe(0)
  expect((await read(form(fileHead(), end))).content?.length).toBe(0)
})

test('the bytes survive any split, whatever looks like a boundary inside', async () => {
  const tricky = fc.constantFrom('\r', '\n', '-', '\r\n--', `\r\n--${B.slice(0, -1)}`, '\r\n\r\n', 'x', '\0')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(tricky, fc.string({ maxLength: 5 })), { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }),
      fc.boolean(),
      async (content, lengths, first) => {
        fc.pre(!content.join('').includes(B))
        const file = Buffer.from(content.join(''))
        const parts = [form(fileHead(), file, '\r\n'), form(field('n', '7'))]
        const bytes = form(...(first ? parts : parts.reverse()), end)
        const got = await read(bytes, { lengths })
        expect(got.content?.equals(file)).toBe(true)
        expect(got.fields).toEqual({ n: '7' })
      },
    ),
    { numRuns: 300 },
  )
})

test.each([
  ['no closing boundary', form(fileHead(), 'x', '\r\n'), /without its closing boundary/],
  ['an end inside a header', form(fileHead().slice(0, 60)), /without its closing boundary/],
  ['another boundary', form('--other\r\n', 'x', '\r\n--other--\r\n'), /does not begin with its boundary/],
  ['nothing at all', form(''), /does not begin with its boundary/],
  ['a boundary in the content', form(fileHead(), `\r\n--${B}x`, '\r\n', end), /boundary inside a part/],
  [
    'a header of 1 MB',
    form(`--${B}\r\nX: ${'x'.repeat(1_000_000)}\r\n\r\n`, '\r\n', end),
    /header is longer/,
  ],
  [
    '10,000 fields',
    form(...Array.from({ length: 10_000 }, (_, n) => field(`f${n}`, '1')), end),
    /at most 100 parts/,
  ],
  [
    'a form inside a form',
    form(fileHead().replace('audio/wav', 'multipart/mixed; boundary=x'), '\r\n', end),
    /another multipart/,
  ],
  [
    'a part without a name',
    form(`--${B}\r\nContent-Type: text/plain\r\n\r\nx\r\n`, end),
    /without a content-disposition/,
  ],
  ['a name nobody can read', form(field('a"b c"', '1'), end), /name cannot be read/],
  ['no header but text', form(`--${B}\r\nhello\r\n\r\nx\r\n`, end), /header that cannot be read/],
  ['a field of 70 kB', form(field('a', 'x'.repeat(70_000)), end), /at most 65536 bytes/],
  ['two values for one field', form(field('a', '1'), field('a', '2'), end), /given twice/],
  [
    'false base64',
    form(fileHead().replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: base64\r\n\r\n'), '***', '\r\n', end),
    /base64/,
  ],
])('refuses %s', async (_, bytes, why) => {
  const error = await refusal(read(bytes))
  expect(error.code).toBe('INVALID')
  expect(error.message).toMatch(why)
})

test('refuses a body that has no boundary anywhere', async () => {
  const error = await refusal(read(form('{"a":1}'), { type: 'application/json' }))
  expect(error.message).toMatch(/no boundary/)
  expect((await refusal(read(form('-- not a boundary'), { type: '' }))).code).toBe('INVALID')
})

test('a body that breaks off in the middle of the file fails as the transport did', async () => {
  const stream = new PassThrough()
  stream.write(form(field('a', '1'), fileHead(), 'half'))
  const got = await readForm(readBody(stream, null), TYPE, { file: 'file' })
  setImmediate(() => stream.destroy(new Error('reset by peer')))
  await expect(all(got)).rejects.toThrow('reset by peer')
})

test('what breaks behind the file fails the file', async () => {
  const error = await refusal(read(form(fileHead(), 'x', '\r\n', field('a', '1'))))
  expect(error.message).toMatch(/closing boundary/)
})

test('a reader that leaves early stops the source', async () => {
  const stream = new PassThrough()
  stream.write(form(fileHead(), randomBytes(1_000_000)))
  const got = await readForm(readBody(stream, null), TYPE, { file: 'file' })
  for await (const _ of got.file?.body ?? []) break
  expect(stream.listenerCount('data')).toBe(0)
  expect(stream.destroyed).toBe(false)
})

test('a gigabyte passes in flat memory', async () => {
  const piece = randomBytes(1 << 20)
  const hash = createHash('sha256')
  function* pieces(): Generator<Buffer> {
    yield Buffer.from(fileHead())
    for (let count = 0; count < 512; count += 1) yield piece
    yield form('\r\n', end)
  }
  const stream = Readable.from(pieces(), { objectMode: false })
  const got = await readForm(readBody(stream, null), TYPE, { file: 'file' })
  const before = process.memoryUsage().rss
  let most = 0
  let length = 0
  for await (const bytes of got.file?.body ?? []) {
    length += bytes.length
    if (length % (1 << 25) < bytes.length) most = Math.max(most, process.memoryUsage().rss)
    hash.update(bytes)
  }
  expect(length).toBe(512 << 20)
  expect(most - before).toBeLessThan(64 << 20)
}, 20_000)
