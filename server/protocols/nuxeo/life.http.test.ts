import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { type Client, clientOf } from './support.ts'

/** The contract's section 4, with a life of two seconds. */
describe('the life of a batch', () => {
  let server: TestServer
  let nuxeo: Client
  beforeAll(async () => {
    server = await startServer({ SLIPWAY_SESSION_TTL: '2s' })
    nuxeo = clientOf(server)
  })
  afterAll(() => server.dispose())

  test('ends when nothing comes: 404 for everything', async () => {
    const batch = await nuxeo.batch()
    await nuxeo.send(batch, 0, 'x', { 'x-file-name': 'swept' })
    await nuxeo.chunk(batch, 1, { at: 0, of: 2, bytes: 'x', headers: { 'x-file-name': 'swept' } })
    expect((await nuxeo.call('GET', `/upload/${batch}`)).body).toHaveLength(2)
    await sleep(2500)
    for (const path of ['', '/0', '/1', '/info']) {
      const reply = await nuxeo.call('GET', `/upload/${batch}${path}`)
      expect([reply.status, reply.text]).toEqual([404, ''])
    }
    expect((await nuxeo.send(batch, 0, 'x')).status).toBe(404)
    expect((await nuxeo.chunk(batch, 1, { at: 1, of: 2, bytes: 'x' })).status).toBe(404)
    const swept = async () => {
      const { body } = await nuxeo.call('GET', `${server.origin}/api/slipway/v1/sessions?limit=100`)
      const ours = body.sessions.filter(({ fileName }: { fileName: string }) => fileName === 'swept')
      return ours.map(({ status }: { status: string }) => status).sort()
    }
    await expect.poll(swept, { timeout: 15_000, interval: 500 }).toEqual(['CANCELED', 'FAILED'])
  })

  test('is renewed by every chunk and file, for all that is in it', async () => {
    const batch = await nuxeo.batch()
    await nuxeo.chunk(batch, 0, { at: 0, of: 2, bytes: 'a' })
    for (let round = 0; round < 3; round += 1) {
      await sleep(1200)
      if (round === 1) expect((await nuxeo.send(batch, 2, 'x')).status).toBe(201)
      else expect((await nuxeo.chunk(batch, 1, { at: round, of: 9, bytes: 'x' })).status).toBe(202)
    }
    expect((await nuxeo.chunk(batch, 0, { at: 1, of: 2, bytes: 'b' })).status).toBe(201)
  })

  test('is not renewed by what is refused', async () => {
    const batch = await nuxeo.batch()
    const late = Date.now() + 2200
    while (Date.now() < late) {
      await nuxeo.chunk(batch, 0, { at: 5, of: 2, bytes: 'x' })
      await sleep(200)
    }
    expect((await nuxeo.call('GET', `/upload/${batch}`)).status).toBe(404)
  })
})
