import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Principal } from '#accounts'
import { download } from '#http'
import * as accounts from './accounts.ts'
import { type API, caller } from './api.ts'
import { writeProblem } from './errors.ts'
import type { EventStreams } from './events.ts'
import * as records from './records.ts'
import { routes } from './route-schemas.ts'
import * as sessions from './sessions.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** for everybody, signed in or not */
    open?: boolean
  }
}

/** Who calls, by request: known before anything else of it is looked at. */
const callers = new WeakMap<FastifyRequest, Principal>()

function who(req: FastifyRequest): Principal {
  const principal = callers.get(req)
  if (principal === undefined) throw new Error('this route takes requests of nobody')
  return principal
}

/** Everything below `/api/slipway/v1`. */
export function mountRoutes(scope: FastifyInstance, api: API, events: EventStreams): void {
  const app = scope.withTypeProvider<ZodTypeProvider>()
  app.addHook('onRequest', async (req) => {
    if (req.routeOptions.config.open === true) return
    callers.set(req, await caller(api, req.raw))
  })

  app.post('/sign-in', { schema: routes.signIn, config: { open: true } }, async (req, reply) => {
    const { answer, cookie } = await accounts.signIn(api, req.raw, req.body)
    reply.header('set-cookie', cookie)
    return answer
  })
  app.post('/sign-out', { schema: routes.signOut, config: { open: true } }, async (req, reply) => {
    reply.header('set-cookie', await accounts.signOut(api, req.raw))
    return done(reply)
  })
  app.get('/settings', { schema: routes.settings, config: { open: true } }, async () => ({
    version: api.version,
    maxSize: api.config.maxSize,
    chunkSize: 8 * 1024 * 1024,
    uploadUrl: '/files',
    strict: [...api.config.strict],
  }))
  app.get('/me', { schema: routes.me }, async (req) => accounts.readMe(who(req)))
  app.post('/me/password', { schema: routes.changePassword }, async (req, reply) => {
    const cookie = await accounts.changePassword(api, req.raw, who(req), req.body)
    if (cookie !== null) reply.header('set-cookie', cookie)
    return done(reply)
  })
  app.get('/users', { schema: routes.listUsers }, async (req) => accounts.listUsers(api, who(req)))
  app.post('/users', { schema: routes.createUser }, async (req, reply) => {
    const user = await accounts.createUser(api, who(req), req.body)
    return reply.code(201).send(user)
  })
  app.get('/keys', { schema: routes.listKeys }, async (req) => accounts.listKeys(api, who(req)))
  app.post('/keys', { schema: routes.createKey }, async (req, reply) => {
    const key = await accounts.createKey(api, who(req), req.body.name)
    return reply.code(201).send(key)
  })
  app.delete('/keys/:id', { schema: routes.revokeKey }, async (req, reply) => {
    await api.accounts.revokeKey(who(req), req.params.id)
    return done(reply)
  })
  mountSessions(scope, api, events)
  mountRecords(scope, api)
}

function mountSessions(scope: FastifyInstance, api: API, events: EventStreams): void {
  const app = scope.withTypeProvider<ZodTypeProvider>()

  app.get('/events', { schema: routes.events }, async (req, reply) => {
    const principal = who(req)
    await raw(req, reply, () => events.begin(principal, req.raw, reply.raw))
  })
  app.get('/sessions', { schema: routes.listSessions }, async (req) =>
    sessions.listSessions(api, who(req), req.query),
  )
  app.get('/sessions/:id', { schema: routes.readSession }, async (req) =>
    sessions.readSession(api, who(req), req.params.id),
  )
  app.delete('/sessions/:id', { schema: routes.cancelSession }, async (req, reply) => {
    await sessions.cancelSession(api, who(req), req.params.id)
    return done(reply)
  })
  app.get('/sessions/:id/prefix', { schema: routes.readPrefix }, async (req) =>
    sessions.readPrefix(api, who(req), req.params.id),
  )
  app.route({
    method: ['GET', 'HEAD'],
    url: '/sessions/:id/file',
    schema: routes.readFile,
    handler: async (req, reply) => {
      const file = await sessions.openFile(api, who(req), req.params.id)
      await raw(req, reply, () => download(req.raw, reply.raw, file))
    },
  })
  app.get('/sessions/:id/receipt', { schema: routes.readReceipt }, async (req) =>
    sessions.readReceipt(api, who(req), req.params.id),
  )
  app.put('/sessions/:id/sha256', { schema: routes.declareDigest }, async (req, reply) => {
    await sessions.declareDigest(api, who(req), req.params.id, req.body.sha256)
    return done(reply)
  })
  app.post('/sessions/:id/copy', { schema: routes.copySession }, async (req) =>
    sessions.copySession(api, who(req), req.params.id, req.body),
  )
}

function mountRecords(scope: FastifyInstance, api: API): void {
  const app = scope.withTypeProvider<ZodTypeProvider>()

  app.get('/tables', { schema: routes.listTables }, async (req) => records.listTables(api, who(req)))
  app.post('/tables', { schema: routes.createTable }, async (req, reply) => {
    const table = await records.createTable(api, who(req), req.body.name)
    return reply.code(201).send(table)
  })
  app.get('/tables/:table/records', { schema: routes.listRecords }, async (req) =>
    records.listRecords(api, who(req), req.params.table, req.query),
  )
  app.post('/tables/:table/records', { schema: routes.createRecord }, async (req, reply) => {
    const record = await records.createRecord(api, who(req), req.params.table, req.body.name)
    return reply.code(201).send(record)
  })
  app.get('/tables/:table/records/:record', { schema: routes.readRecord }, async (req) =>
    records.readRecord(api, who(req), req.params),
  )
  app.get('/tables/:table/records/:record/entries', { schema: routes.listEntries }, async (req) =>
    records.listEntries(api, who(req), req.params),
  )
  app.get('/entries/:uid', { schema: routes.readEntry }, async (req) =>
    records.readEntry(api, who(req), req.params.uid),
  )
  app.delete('/entries/:uid', { schema: routes.removeEntry }, async (req, reply) => {
    await records.removeEntry(api, who(req), req.params.uid)
    return done(reply)
  })
  app.post('/entries/:uid/copy', { schema: routes.copyEntry }, async (req, reply) => {
    const entry = await records.copyEntry(api, who(req), req.params.uid, req.body)
    return reply.code(201).send(entry)
  })
  app.route({
    method: ['GET', 'HEAD'],
    url: '/entries/:uid/content',
    schema: routes.readContent,
    handler: async (req, reply) => {
      const inline = req.query.inline !== undefined && req.query.inline !== '0'
      const file = await records.openContent(api, who(req), req.params.uid, inline)
      await raw(req, reply, () => download(req.raw, reply.raw, file))
    },
  })
}

/** Hands the bare answer to `work`; should it fail before it wrote anything, the failure is answered. */
async function raw(req: FastifyRequest, reply: FastifyReply, work: () => Promise<unknown>): Promise<void> {
  reply.hijack()
  try {
    await work()
  } catch (error) {
    req.log.error({ err: error }, 'an answer broke off')
    if (reply.raw.headersSent) reply.raw.destroy()
    else writeProblem(reply.raw, error)
  }
}

const done = (reply: FastifyReply) => reply.code(204).send(null)
