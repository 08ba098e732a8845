import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Principal } from '#accounts'
import type { Session } from '#sessions'
import type { API } from './api.ts'
import { EventStreams } from './events.ts'

const principal: Principal = { tenant: 'main', userID: 'u', userName: 'zoe', roles: ['user'] }
const session = (id: string, fileName = 'a'): Session =>
  ({
    id,
    fileName,
    status: 'UPLOADING',
    computed: {},
    declared: {},
    target: null,
    createdAt: 1,
    updatedAt: 2,
    expiresAt: 3,
    completedAt: null,
  }) as unknown as Session

let caller: Principal | null
let listeners: Set<(session: Session) => void>
let missed: Session[][]
let streams: EventStreams
let server: Server

beforeEach(async () => {
  caller = principal
  listeners = new Set()
  missed = []
  const api = {
    authenticate: async () => caller,
    sessions: {
      watch: (_: Principal, listener: (session: Session) => void) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      list: async () => {
        // What happens while the past is told must come after it.
        tell(session('meanwhile'))
        return { items: missed.shift() ?? [], nextCursor: missed.length > 0 ? 'more' : null }
      },
    },
  } as unknown as API
  streams = new EventStreams(api, 50)
  server = createServer((req, res) => void streams.begin(principal, req, res))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const tell = (one: Session) => {
  for (const listener of listeners) listener(one)
}

async function open(headers: Record<string, string> = {}) {
  const { port } = server.address() as AddressInfo
  const client = request({ port, headers, agent: false })
  client.end()
  const [response] = await once(client, 'response')
  let text = ''
  let ended = false
  response.on('error', () => undefined)
  response.once('close', () => {
    ended = true
  })
  const read = () => response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  return { read, text: () => text, ended: () => ended, response }
}

test('a stream is pinged, and ends when its credential ends', async () => {
  const stream = await open()
  stream.read()
  await expect.poll(() => stream.text()).toMatch(/: ping\nid: \d+\n\n/)
  expect(stream.ended()).toBe(false)
  caller = null
  await expect.poll(() => stream.ended()).toBe(true)
  expect(listeners.size).toBe(0)
})

test('what was missed comes first, page by page, then what came meanwhile', async () => {
  missed = [[session('one'), session('two')], [session('three')]]
  const stream = await open({ 'last-event-id': '1700000000000' })
  stream.read()
  await expect.poll(() => stream.text().match(/"id":"meanwhile"/g)?.length).toBe(2)
  const ids = [...stream.text().matchAll(/"id":"(\w+)"/g)].map(([, id]) => id)
  expect(ids).toEqual(['one', 'two', 'three', 'meanwhile', 'meanwhile'])
})

test('a change is put into words once, however many listen', async () => {
  const opened = await Promise.all([open(), open(), open()])
  for (const stream of opened) stream.read()
  let looks = 0
  const watched = session('shared')
  Object.defineProperty(watched, 'fileName', {
    get: () => {
      looks += 1
      return 'x'
    },
  })
  tell(watched)
  for (const stream of opened) await expect.poll(() => stream.text()).toContain('"id":"shared"')
  expect(looks).toBe(1)
})

test('a client that reads nothing is cut off instead of filling the memory', async () => {
  const stream = await open()
  stream.response.pause()
  const name = 'x'.repeat(1_000_000)
  await expect
    .poll(() => {
      tell(session('big', name))
      return listeners.size
    })
    .toBe(0)
})

test('close ends every stream', async () => {
  const opened = await Promise.all([open(), open()])
  for (const stream of opened) stream.read()
  streams.close()
  for (const stream of opened) await expect.poll(() => stream.ended()).toBe(true)
})
