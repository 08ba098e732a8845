import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addUser, startServer, type TestServer } from '#testing/server.ts'
import { append, call, upload } from './support.ts'

let server: TestServer
let bo: { authorization: string }

beforeAll(async () => {
  server = await startServer()
  bo = { authorization: await addUser(server, 'bo') }
})
afterAll(() => server.dispose())

interface Event {
  readonly id: string
  readonly session: { id: string; status: string; received: number; owner: string; protocol: string }
}

interface Stream {
  readonly status: number
  readonly events: Event[]
  /** the last id, also of what was no event */
  lastID(): string
  ended(): boolean
  close(): void
}

/** Reads server-sent events as a browser does. */
async function listen(headers: Record<string, string> = {}): Promise<Stream> {
  const stop = new AbortController()
  const response = await fetch(`${server.origin}/api/slipway/v1/events`, {
    headers: { authorization: server.authorization, ...headers },
    signal: stop.signal,
  })
  const events: Event[] = []
  let lastID = ''
  let ended = false
  const take = (block: string): void => {
    const fields = new Map(
      block.split('\n').map((line) => [line.split(': ', 1)[0], line.replace(/^\w*: /, '')]),
    )
    lastID = fields.get('id') ?? lastID
    if (fields.get('event') === 'session')
      events.push({ id: lastID, session: JSON.parse(fields.get('data') ?? '') })
  }
  const read = async (): Promise<void> => {
    let text = ''
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      blocks.forEach(take)
    }
  }
  read()
    .catch(() => undefined)
    .finally(() => {
      ended = true
    })
  const stream = { status: response.status, events, lastID: () => lastID, ended: () => ended }
  if (response.ok) await expect.poll(() => lastID).not.toBe('')
  return { ...stream, close: () => stop.abort() }
}

const of = (stream: Stream, id: string) =>
  stream.events.filter(({ session }) => session.id === id).map(({ session }) => session)
const last = (stream: Stream, id: string) => of(stream, id).at(-1)?.status

describe('the stream', () => {
  test('tells every change of mine, and progress as bytes are stored', async () => {
    const stream = await listen()
    const id = await upload(server, randomBytes(1000), { filename: 'a.bin' }, { length: 3000 })
    expect(await append(server, id, 1000, randomBytes(2000))).toBe(204)
    await expect.poll(() => last(stream, id)).toBe('COMPLETED')
    const states = of(stream, id)
    expect(states[0]).toMatchObject({ status: 'INITIATED', received: 0, owner: 'admin', protocol: 'tus' })
    expect(states.at(-1)).toEqual((await call(server, 'GET', `/sessions/${id}`)).body)
    stream.close()
  })

  test('tells an administrator of everybody, and others of themselves alone', async () => {
    const [all, own] = [await listen(), await listen(bo)]
    const mine = await upload(server, Buffer.from('x'), {}, bo)
    const other = await upload(server, Buffer.from('x'))
    await expect.poll(() => last(all, other)).toBe('COMPLETED')
    await expect.poll(() => last(own, mine)).toBe('COMPLETED')
    expect(of(all, mine)).not.toEqual([])
    expect(of(own, other)).toEqual([])
    all.close()
    own.close()
  })

  test('resumes by Last-Event-ID with the present state of what changed meanwhile', async () => {
    const first = await listen()
    const id = await upload(server, randomBytes(10), {}, { length: 20 })
    await expect.poll(() => last(first, id)).toBe('UPLOADING')
    const seen = first.lastID()
    first.close()
    await append(server, id, 10, randomBytes(10))
    const missed = await upload(server, Buffer.from('x'))
    const second = await listen({ 'last-event-id': seen })
    await expect.poll(() => [last(second, id), last(second, missed)]).toEqual(['COMPLETED', 'COMPLETED'])
    second.close()
  })

  test('without a usable Last-Event-ID tells only what comes', async () => {
    const before = await upload(server, Buffer.from('x'))
    for (const headers of [{}, { 'last-event-id': '' }, { 'last-event-id': 'nonsense' }]) {
      const stream = await listen(headers as Record<string, string>)
      const after = await upload(server, Buffer.from('x'))
      await expect.poll(() => last(stream, after)).toBe('COMPLETED')
      expect(of(stream, before)).toEqual([])
      stream.close()
    }
  })

  test('reaches a hundred subscribers', async () => {
    const streams = await Promise.all(Array.from({ length: 100 }, () => listen()))
    const id = await upload(server, Buffer.from('x'))
    await expect.poll(() => streams.filter((stream) => last(stream, id) === 'COMPLETED').length).toBe(100)
    for (const stream of streams) stream.close()
  })

  test('is refused without a credential', async () => {
    expect((await listen({ authorization: 'Bearer nonsense' })).status).toBe(401)
  })
})

test('a stop of the server ends streams in order and at once; after the start they go on', async () => {
  const stream = await listen()
  const id = await upload(server, randomBytes(10), {}, { length: 20 })
  await expect.poll(() => last(stream, id)).toBe('UPLOADING')
  const begun = performance.now()
  expect(await server.stop()).toBe(0)
  expect(performance.now() - begun).toBeLessThan(5000)
  await expect.poll(stream.ended).toBe(true)
  server = await server.restart()
  const next = await listen({ 'last-event-id': stream.lastID() })
  await expect.poll(() => last(next, id)).toBe('UPLOADING')
  next.close()
})
