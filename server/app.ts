import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Fastify, { LogController } from 'fastify'
import { fileTypeFromBuffer } from 'file-type'
import type { Logger } from 'pino'
import { createAccounts, TENANT } from '#accounts'
import type { Config } from '#config'
import { accountStore, createEvents, createLocker, openSQLite } from '#database'
import {
  answerBadPath,
  ByteRoutes,
  compileTrust,
  createAuthentication,
  createHTTPServer,
  exchangeOf,
  frameworkLog,
  Metrics,
  mountHealth,
  openAPI,
  type Room,
  webApp,
} from '#http'
import { createRecords } from '#records'
import { createSessions, PassingDigests } from '#sessions'
import { FileByteStore, ThreadDigests } from '#storage'
import { withoutAddress, withoutAdministrator, withoutDatabase } from './cannot-start.ts'
import { type DataFolder, takeDataFolder } from './data-folder.ts'
import { filesRoom } from './protocols/files/index.ts'
import { idempiereRoom } from './protocols/idempiere/index.ts'
import { ietfProtocol } from './protocols/ietf/index.ts'
import { koreRoom } from './protocols/kore/index.ts'
import { nuxeoRoom } from './protocols/nuxeo/index.ts'
import { onlyofficeRoom } from './protocols/onlyoffice/index.ts'
import { slipwayRoom } from './protocols/slipway/index.ts'
import { readMetadata, tusProtocol } from './protocols/tus/index.ts'
import { repeat } from './repeat.ts'

/** A body that brings no byte for this long is given up, ms. */
const STALL = 60_000
/** An answer that was given at the end of the drain has so long to reach its client, ms. */
const LINGER = 1500
/** Pause between two looks for what is overdue, ms. */
const SWEEP = 5000
const ROOT = join(import.meta.dirname, '..')

export interface App {
  /** Resolves with the origin it listens on and how to sign in. */
  listen(): Promise<{ origin: string; signIn: string }>
  /** Takes no more requests, lets running ones end for `drain` ms, commits what arrived. */
  stop(drain: number): Promise<void>
}

/** The composition root: picks the adapters, mounts the protocols. Reads as the picture in the README. */
export async function createApp(config: Config, log: Logger): Promise<App> {
  const clock = { now: Date.now }
  const folder = takeDataFolder(config.dataDir)
  const db = await openSQLite({ file: folder.database }).catch(withoutDatabase)
  const { store, digests, close } = openStore(folder, config)
  const metrics = new Metrics()
  const events = createEvents()
  metrics.follow(events)

  const sessions = createSessions({
    db,
    store,
    clock,
    digests,
    locker: metrics.timed(createLocker()),
    events,
    inspect: async (head) => (await fileTypeFromBuffer(head))?.mime,
    limits: { maxSize: config.maxSize, stall: STALL },
    report: (error, session) => log.error({ err: error, session }, 'work without a caller failed'),
  })
  const records = createRecords({ db, clock, discard: sessions.discard })
  if (config.sample) await records.sample(TENANT)
  const { user: userName, password, apiKey } = config.admin
  const administrator = { userName, password, apiKey }
  const accounts = await createAccounts({ store: accountStore(db), clock, administrator }).catch(
    withoutAdministrator(userName),
  )

  const trust = compileTrust(config.trustProxy)
  const { publicURL } = config
  const authenticate = createAuthentication({ accounts, trust, publicURL })
  const version = versionOf(ROOT)
  const services = { sessions, records, accounts, authenticate, config, log, trust, db, store, version }
  const rooms: Room[] = [
    filesRoom({
      ...services,
      tus: tusProtocol(services),
      ietf: ietfProtocol({ ...services, metadata: readMetadata }),
    }),
    idempiereRoom(services),
    koreRoom(services),
    slipwayRoom(services),
    nuxeoRoom(services),
    onlyofficeRoom(services),
  ]

  const bytes = new ByteRoutes()
  const fastify = Fastify({
    loggerInstance: frameworkLog(log),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (req) => exchangeOf(req as IncomingMessage)?.id ?? randomUUID(),
    serverFactory: (handler) =>
      createHTTPServer({ bytes, log, trust, publicURL, observe: metrics.observe }, handler),
    frameworkErrors: answerBadPath,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 8192 },
  })
  metrics.mount(fastify, sessions)
  mountHealth(fastify, { database: () => db.probe(), storage: () => store.probe() })
  await openAPI(fastify, version)
  for (const room of rooms) {
    room.bytes?.(bytes)
    const { routes } = room
    if (routes !== undefined) await fastify.register((scope) => routes(scope))
  }
  await webApp(fastify, join(ROOT, '.build', 'web'))

  // What is older than this process is nobody's who still writes; looked through once.
  let started: number | null = clock.now()
  const sweep = repeat(SWEEP, log, async () => {
    if (started !== null) await sessions.scavenge(started)
    started = null
    await sessions.recover()
    await sessions.sweep()
    await accounts.sweep()
  })

  return {
    listen: async () => {
      await sessions.recover()
      const { host, port: wanted } = config
      await fastify.listen({ host, port: wanted }).catch(withoutAddress(host, wanted))
      const { port } = fastify.server.address() as AddressInfo
      const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
      sweep.start()
      const link = await accounts.signInLink()
      if (link === null) return { origin, signIn: `Sign in as ${userName} with the password you set.` }
      const path = `/sign-in?token=${encodeURIComponent(link)}`
      return { origin, signIn: `Sign in once with ${publicURL ?? origin}${path}` }
    },
    stop: async (drain) => {
      const swept = sweep.stop()
      const closed = fastify.close()
      const late = setTimeout(
        () => sessions.interrupt('the server is stopping; go on from the offset it has'),
        drain,
      )
      const last = setTimeout(() => fastify.server.closeAllConnections(), drain + LINGER)
      await closed
      clearTimeout(late)
      clearTimeout(last)
      await swept
      await close()
      await db.close()
      folder.release()
    },
  }
}

function openStore(folder: DataFolder, { hashWorkers }: Config) {
  const store = new FileByteStore(folder.files)
  const passing = new PassingDigests(store)
  if (hashWorkers === 0) return { store, digests: passing, close: () => Promise.resolve() }
  const digests = new ThreadDigests(folder.files, hashWorkers, passing)
  return { store, digests, close: () => digests.close() }
}

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return version
}
