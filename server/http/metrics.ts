import type { FastifyInstance } from 'fastify'
import { LRUCache } from 'lru-cache'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Events, Locker, Session, Sessions } from '#sessions'

/** Sessions whose last count of bytes is remembered. */
const REMEMBERED = 20_000

/** What the server tells of itself at `/metrics`, in Prometheus' text form. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests: Histogram<'route' | 'method' | 'status'>
  readonly #waits: Histogram
  readonly #bytes: Counter<'protocol'>
  readonly #received = new LRUCache<string, number>({ max: REMEMBERED })

  constructor() {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#requests = new Histogram({
      name: 'slipway_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600],
      registers,
    })
    this.#waits = new Histogram({
      name: 'slipway_lock_wait_seconds',
      help: 'Time a writer waited for the lock of its upload',
      buckets: [0.001, 0.01, 0.1, 0.5, 1, 5, 15, 60],
      registers,
    })
    this.#bytes = new Counter({
      name: 'slipway_bytes_received_total',
      help: 'Bytes safely stored, by protocol',
      labelNames: ['protocol'],
      registers,
    })
  }

  /** One answer is out. `route` is a pattern, never a path: paths have no end. */
  readonly observe = (route: string, method: string, status: number, seconds: number): void =>
    this.#requests.observe({ route, method, status: String(status) }, seconds)

  /** Counts bytes by what events say is stored. */
  follow(events: Events): void {
    events.subscribe((session) => this.#count(session))
  }

  /** The same locker, with its waits measured. */
  timed(locker: Locker): Locker {
    return {
      tryAcquire: (key) => locker.tryAcquire(key),
      nudge: (key, wait) => locker.nudge(key, wait),
      acquire: async (key, options) => {
        const end = this.#waits.startTimer()
        try {
          return await locker.acquire(key, options)
        } finally {
          end()
        }
      },
    }
  }

  mount(app: FastifyInstance, { counts }: Pick<Sessions, 'counts'>): void {
    const gauge = new Gauge({
      name: 'slipway_sessions',
      help: 'Uploads by protocol and status',
      labelNames: ['protocol', 'status'],
      registers: [this.#registry],
      collect: async () => {
        gauge.reset()
        for (const { protocol, status, count } of await counts()) gauge.set({ protocol, status }, count)
      },
    })
    app.addHook('onResponse', async (req, reply) => {
      const route = req.routeOptions.url ?? 'none'
      this.observe(route, req.method, reply.statusCode, reply.elapsedTime / 1000)
    })
    app.get('/metrics', async (_req, reply) =>
      reply.type(this.#registry.contentType).send(await this.#registry.metrics()),
    )
  }

  #count({ id, protocol, received, status }: Session): void {
    const before = this.#received.get(id)
    // Of an upload that was under way before this process began, only what comes from now on counts.
    const known = before ?? (status === 'INITIATED' ? 0 : received)
    if (received > known) this.#bytes.inc({ protocol }, received - known)
    if (status === 'INITIATED' || status === 'UPLOADING' || status === 'PROCESSING')
      this.#received.set(id, Math.max(known, received))
    else this.#received.delete(id)
  }
}
