import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** What the app may load and run; nothing inline, nothing from elsewhere. `wasm-unsafe-eval` is for the digest worker. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self' blob: data:",
  "worker-src 'self' blob:",
  "frame-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Serves the built web app; every path of its own router gets its one page. */
export async function webApp(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/', (_request, reply) =>
      reply.code(503).type('text/plain').send('The web app is not built yet: npm start builds it.'),
    )
    return
  }
  await app.register(fastifyStatic, {
    root: folder,
    setHeaders: (reply, path) => {
      reply.header('content-security-policy', CONTENT_SECURITY_POLICY)
      reply.header('x-content-type-options', 'nosniff')
      reply.header('referrer-policy', 'same-origin')
      // Built files carry a hash of their content in the name, the page does not.
      const forever = path.includes(`${join(folder, 'assets')}`)
      reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
    cacheControl: false,
  })
  app.setNotFoundHandler((request, reply) => notFound(request, reply))
}

/** A person who opens or reloads one of the app's pages gets the app; programs get a plain 404. */
function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const page = request.method === 'GET' && request.headers.accept?.includes('text/html') === true
  if (page && !request.url.startsWith('/api/')) return reply.sendFile('index.html')
  return reply
    .code(404)
    .type('text/plain')
    .send(`there is nothing at ${request.url.split('?', 1)[0]}`)
}
