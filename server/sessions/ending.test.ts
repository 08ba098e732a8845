import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALICE, openCore, type TestCore } from '#testing/core.ts'
import type { Body } from './ports.ts'

const life = { ms: 60_000, sliding: true }

const body = (bytes: Buffer, length: number | null = bytes.length): Body => ({
  length,
  stop: () => undefined,
  async *[Symbol.asyncIterator]() {
    if (bytes.length > 0) yield bytes
  },
})

/** A body whose bytes come when they are given, and which breaks off or ends when told. */
function hose() {
  const pieces: (Buffer | Error | null)[] = []
  let wake: () => void = () => undefined
  const give = (piece: Buffer | Error | null): void => {
    pieces.push(piece)
    wake()
  }
  const stream: Body = {
    length: null,
    stop: give,
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const piece = pieces.shift()
        if (piece === null) return
        if (piece instanceof Error) throw piece
        if (piece !== undefined) yield piece
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    },
  }
  return { body: stream, give }
}

describe('the end of an upload', () => {
  let core: TestCore
  beforeAll(async () => {
    core = await openCore()
  })
  afterAll(() => core.dispose())

  const begin = (size: number | null, more = {}) =>
    core.sessions.create(ALICE, { protocol: 'ietf', size, life, ...more })
  const bytes = randomBytes(1000)

  test.each([null, 0])('must be where it was declared, in chunks from %s too', async (firstChunk) => {
    for (const length of [null, 600]) {
      const { id } = await begin(1000, { firstChunk })
      const sent = core.sessions.append(ALICE, id, {
        offset: 0,
        body: body(bytes.subarray(0, 600), length),
        completes: 'now',
      })
      await expect(sent).rejects.toMatchObject({ code: 'LENGTH_MISMATCH' })
      expect(await core.sessions.read(ALICE, id)).toMatchObject({ size: 1000, offset: 0 })
      const whole = body(bytes, length === null ? null : 1000)
      const { session } = await core.sessions.append(ALICE, id, { offset: 0, body: whole, completes: 'now' })
      expect(session).toMatchObject({ status: 'COMPLETED', size: 1000 })
    }
  })

  test('is not brought about by reaching the length when more was announced', async () => {
    const { id } = await begin(1000)
    const request = { offset: 0, body: body(bytes), completes: 'not-yet' } as const
    expect(await core.sessions.append(ALICE, id, request)).toMatchObject({ session: { status: 'UPLOADING' } })
  })

  test('asked for again is the same, and refuses what contradicts it', async () => {
    const { id } = await begin(null)
    await core.sessions.append(ALICE, id, { offset: 0, body: body(bytes), completes: 'now' })
    const again = (more = {}) =>
      core.sessions.append(ALICE, id, {
        offset: 1000,
        body: body(Buffer.alloc(0)),
        completes: 'now',
        ...more,
      })
    expect(await again({ size: 1000 })).toMatchObject({ whole: true, session: { status: 'COMPLETED' } })
    await expect(again({ size: 999 })).rejects.toMatchObject({ code: 'LENGTH_MISMATCH' })
  })

  test('computes digests that were asked for with the last bytes', async () => {
    const { id } = await begin(1000)
    await core.sessions.append(ALICE, id, { offset: 0, body: body(bytes.subarray(0, 400)) })
    const { session } = await core.sessions.append(ALICE, id, {
      offset: 400,
      body: body(bytes.subarray(400)),
      wanted: ['sha512'],
    })
    expect(session.computed.sha512).toBe(createHash('sha512').update(bytes).digest('hex'))
    expect(session.wanted).toEqual(['sha512'])
  })
})

describe('reading an upload that is written to', () => {
  let core: TestCore
  beforeAll(async () => {
    core = await openCore()
  })
  afterAll(() => core.dispose())

  const writing = async () => {
    const { id } = await core.sessions.create(ALICE, { protocol: 'ietf', life })
    const { body, give } = hose()
    const sent = core.sessions.append(ALICE, id, { offset: 0, body, completes: 'not-yet' })
    give(randomBytes(700))
    await sleep(50)
    return { id, give, sent, read: () => core.sessions.read(ALICE, id, true) }
  }

  test('waits for what a broken connection left', async () => {
    const { give, sent, read } = await writing()
    give(new Error('the connection broke'))
    expect(await read()).toMatchObject({ offset: 700 })
    expect(await sent).toMatchObject({ whole: false })
  })

  test('waits a moment for a break that nobody noticed yet', async () => {
    const { give, sent, read } = await writing()
    setTimeout(() => give(new Error('the connection broke')), 100)
    expect(await read()).toMatchObject({ offset: 700 })
    await sent
  })

  test('ends a writer that stays silent, and leaves one alone that does not', async () => {
    const silent = await writing()
    expect(await silent.read()).toMatchObject({ offset: 700 })
    expect(await silent.sent).toMatchObject({ whole: false })
    const busy = await writing()
    const timer = setInterval(() => busy.give(Buffer.alloc(10)), 30)
    await busy.read()
    clearInterval(timer)
    busy.give(null)
    expect(await busy.sent).toMatchObject({ whole: true })
  })
})
