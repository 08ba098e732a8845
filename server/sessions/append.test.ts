import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALICE, BOB, openCore, READER, type TestCore } from '#testing/core.ts'
import type { Body } from './ports.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const life = { ms: 60_000, sliding: true }

/** A body that breaks off after `cut` bytes when that is given. */
function body(bytes: Buffer, { cut = bytes.length, length = bytes.length as number | null } = {}): Body {
  return {
    length,
    stop: () => undefined,
    async *[Symbol.asyncIterator]() {
      for (let at = 0; at < cut; at += 1000) yield bytes.subarray(at, Math.min(cut, at + 1000))
      if (cut < bytes.length) throw new Error('the connection broke')
    },
  }
}

describe.each([
  ['on the event loop', 0],
  ['in threads', 1],
])('append, digests %s', (_name, threads) => {
  let core: TestCore
  beforeAll(async () => {
    core = await openCore({ maxSize: 10_000_000, threads })
  })
  afterAll(() => core.dispose())

  const begin = (size: number | null, more = {}) =>
    core.sessions.create(ALICE, { protocol: 'tus', size, life, ...more })
  const content = async (id: string): Promise<Buffer> => {
    const { file } = await core.sessions.finished(ALICE, id)
    const pieces: Buffer[] = []
    for await (const piece of core.sessions.bytes(file)) pieces.push(Buffer.from(piece))
    return Buffer.concat(pieces)
  }

  test('completes when the length is reached, with the digest of the bytes', async () => {
    const bytes = randomBytes(25_000)
    const { id } = await begin(bytes.length, { declared: { sha256: sha256(bytes).toUpperCase() } })
    const { session } = await core.sessions.append(ALICE, id, { offset: 0, body: body(bytes) })
    expect(session).toMatchObject({
      status: 'COMPLETED',
      offset: 25_000,
      computed: { sha256: sha256(bytes) },
    })
    expect((await content(id)).equals(bytes)).toBe(true)
  })

  test('keeps what came before a cut, and goes on from there', async () => {
    const bytes = randomBytes(25_000)
    const { id } = await begin(bytes.length)
    const cut = await core.sessions.append(ALICE, id, { offset: 0, body: body(bytes, { cut: 7500 }) })
    expect(cut).toMatchObject({
      whole: false,
      received: 7500,
      session: { status: 'UPLOADING', offset: 7500 },
    })
    const rest = body(bytes.subarray(7500))
    const { session } = await core.sessions.append(ALICE, id, { offset: 7500, body: rest })
    expect(session.computed.sha256).toBe(sha256(bytes))
  })

  test('fails, and frees the bytes, when the file is not what was promised', async () => {
    const bytes = randomBytes(2500)
    const { id } = await begin(bytes.length, { declared: { sha256: sha256(randomBytes(1)) } })
    const sent = core.sessions.append(ALICE, id, { offset: 0, body: body(bytes) })
    await expect(sent).rejects.toMatchObject({ code: 'FILE_DIGEST_MISMATCH' })
    expect(await core.sessions.read(ALICE, id)).toMatchObject({ status: 'FAILED' })
    await expect(core.sessions.finished(ALICE, id)).rejects.toMatchObject({ code: 'FAILED' })
    await expect(
      core.store.read({ object: id, position: 0, length: 1 })[Symbol.asyncIterator]().next(),
    ).rejects.toThrow()
  })

  test('keeps nothing of a request whose digest is wrong or that breaks off', async () => {
    const bytes = randomBytes(5000)
    const { id } = await begin(bytes.length)
    const digest = (value: Buffer) => ({
      algorithms: ['sha256' as const],
      expected: () => [{ algorithm: 'sha256' as const, value }],
    })
    const wrong = { offset: 0, body: body(bytes), digest: digest(randomBytes(32)) }
    await expect(core.sessions.append(ALICE, id, wrong)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    const right = digest(createHash('sha256').update(bytes).digest())
    const broken = { offset: 0, body: body(bytes, { cut: 3000 }), digest: right }
    await expect(core.sessions.append(ALICE, id, broken)).rejects.toMatchObject({ code: 'CUT' })
    expect(await core.sessions.read(ALICE, id)).toMatchObject({ offset: 0 })
    const { session } = await core.sessions.append(ALICE, id, { offset: 0, body: body(bytes), digest: right })
    expect(session.status).toBe('COMPLETED')
  })

  test('refuses bytes past the length, announced or not, and changes nothing', async () => {
    const { id } = await begin(1000)
    for (const length of [1001, null]) {
      const sent = core.sessions.append(ALICE, id, { offset: 0, body: body(randomBytes(1001), { length }) })
      await expect(sent).rejects.toMatchObject({ code: 'LENGTH_EXCEEDED', facts: { limit: 1000 } })
    }
    expect(await core.sessions.read(ALICE, id)).toMatchObject({ offset: 0, status: 'INITIATED' })
  })

  test('refuses a wrong offset, and names the right one', async () => {
    const { id } = await begin(1000)
    const sent = core.sessions.append(ALICE, id, { offset: 5, body: body(randomBytes(5)) })
    await expect(sent).rejects.toMatchObject({ code: 'OFFSET_MISMATCH', facts: { expected: 0, received: 5 } })
  })

  test('completes an empty file', async () => {
    const { id } = await begin(0)
    const { session } = await core.sessions.append(ALICE, id, { offset: 0, body: body(Buffer.alloc(0)) })
    expect(session).toMatchObject({ status: 'COMPLETED', computed: { sha256: sha256(Buffer.alloc(0)) } })
    expect(await content(id)).toHaveLength(0)
  })

  test('is for its owner alone, and not for readers', async () => {
    const { id } = await begin(10)
    const request = { offset: 0, body: body(randomBytes(10)) }
    await expect(core.sessions.append(BOB, id, request)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const creation = core.sessions.create(READER, { protocol: 'tus', size: 1, life })
    await expect(creation).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('answers the last request again', async () => {
    const bytes = randomBytes(10)
    const { id } = await begin(10)
    await core.sessions.append(ALICE, id, { offset: 0, body: body(bytes) })
    const again = await core.sessions.append(ALICE, id, { offset: 10, body: body(Buffer.alloc(0)) })
    expect(again.session.status).toBe('COMPLETED')
    const more = core.sessions.append(ALICE, id, { offset: 10, body: body(bytes) })
    await expect(more).rejects.toMatchObject({ code: 'COMPLETED' })
  })

  test('two writers at one offset: one counts', async () => {
    const bytes = randomBytes(100_000)
    const { id } = await begin(bytes.length)
    const sent = [1, 2, 3].map(() =>
      core.sessions.append(ALICE, id, { offset: 0, body: body(bytes), wait: 5000 }),
    )
    const outcomes = await Promise.allSettled(sent)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await content(id)).equals(bytes)).toBe(true)
  })

  test('whatever breaks and restarts, the finished bytes are the source', { timeout: 60_000 }, async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('send' as const), length: fc.nat(9000), cut: fc.option(fc.nat(9000)) }),
      fc.record({ kind: fc.constant('stale' as const), back: fc.integer({ min: 1, max: 5000 }) }),
      fc.record({ kind: fc.constant('crash' as const) }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 12 }),
        fc.integer({ min: 0, max: 30_000 }),
        async (steps, size) => {
          const bytes = randomBytes(size)
          const { id } = await begin(size)
          const send = async (length: number, cut: number | null): Promise<void> => {
            const { offset } = await core.sessions.read(ALICE, id)
            const part = bytes.subarray(offset, offset + length)
            const request = {
              offset,
              body: body(part, cut === null ? {} : { cut: Math.min(cut, part.length) }),
            }
            await core.sessions.append(ALICE, id, request).catch((error: { code?: string }) => {
              if (error.code !== 'COMPLETED') throw error
            })
          }
          for (const act of steps) {
            if (act.kind === 'crash') await core.reopen()
            if (act.kind === 'send') await send(act.length, act.cut)
            if (act.kind !== 'stale') continue
            const { offset } = await core.sessions.read(ALICE, id)
            const stale = { offset: offset + act.back, body: body(randomBytes(100)) }
            await expect(core.sessions.append(ALICE, id, stale)).rejects.toThrow()
          }
          await send(size, null)
          const session = await core.sessions.read(ALICE, id)
          expect(session).toMatchObject({ status: 'COMPLETED', computed: { sha256: sha256(bytes) } })
          expect((await content(id)).equals(bytes)).toBe(true)
        },
      ),
      { numRuns: threads === 0 ? 40 : 10 },
    )
  })
})
