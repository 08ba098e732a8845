import Fastify from 'fastify'
import { expect, test } from 'vitest'
import type { Events, Lease, Session } from '#sessions'
import { mountHealth } from './health.ts'
import { Metrics } from './metrics.ts'

const session = (received: number, status: Session['status'] = 'UPLOADING', id = 's') =>
  ({ id, protocol: 'tus', status, received }) as Session

function events() {
  let tell: (session: Session) => void = () => undefined
  const port: Events = {
    publish: () => undefined,
    subscribe: (listener) => {
      tell = listener
      return () => undefined
    },
  }
  return { port, tell: (one: Session) => tell(one) }
}

async function scrape(metrics: Metrics, pattern: RegExp): Promise<string | undefined> {
  const app = Fastify()
  metrics.mount(app, { counts: async () => [{ protocol: 'tus', status: 'COMPLETED', count: 3 }] })
  const { body } = await app.inject('/metrics')
  return pattern.exec(body)?.[1]
}

const BYTES = /slipway_bytes_received_total\{protocol="tus"\} (\d+)/

test('bytes count once, from the first that this process saw', async () => {
  const metrics = new Metrics()
  const { port, tell } = events()
  metrics.follow(port)
  tell(session(0, 'INITIATED'))
  for (const received of [10, 10, 25]) tell(session(received))
  tell(session(40, 'COMPLETED'))
  tell(session(1000, 'UPLOADING', 'begun before the start'))
  tell(session(1001, 'UPLOADING', 'begun before the start'))
  expect(await scrape(metrics, BYTES)).toBe('41')
})

test('sessions are told by protocol and status, requests by route', async () => {
  const metrics = new Metrics()
  metrics.observe('/files/:id', 'PATCH', 204, 0.3)
  const sessions = /slipway_sessions\{protocol="tus",status="COMPLETED"\} (\d+)/
  expect(await scrape(metrics, sessions)).toBe('3')
  const again = new Metrics()
  again.observe('/files/:id', 'PATCH', 204, 0.3)
  const requests =
    /slipway_request_duration_seconds_count\{route="\/files\/:id",method="PATCH",status="204"\} (\d+)/
  expect(await scrape(again, requests)).toBe('1')
})

test('a wait for a lock is measured, and the lock is the same', async () => {
  const metrics = new Metrics()
  const lease: Lease = { release: () => undefined }
  const locker = { acquire: async () => lease, tryAcquire: () => null, nudge: async () => undefined }
  expect(await metrics.timed(locker).acquire('a', { wait: 1 })).toBe(lease)
  expect(await scrape(metrics, /slipway_lock_wait_seconds_count (\d+)/)).toBe('1')
})

test('ready names what does not answer, and tells no more', async () => {
  const app = Fastify()
  mountHealth(app, {
    database: async () => undefined,
    storage: () => Promise.reject(new Error('/secret/path is read-only')),
  })
  expect((await app.inject('/health/live')).json()).toEqual({ status: 'up' })
  const response = await app.inject('/health/ready')
  expect(response.statusCode).toBe(503)
  expect(response.json()).toEqual({
    status: 'unavailable',
    checks: { database: 'up', storage: 'down' },
  })
})
