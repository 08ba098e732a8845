import { createReadStream } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { pipeline } from 'node:stream'

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Answers the liveness check and serves the built web app from `webFolder`. */
export function createApp(webFolder: string): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://slipway.invalid')
    if (pathname === '/health/live') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"up"}')
      return
    }
    sendFile(response, join(webFolder, normalize(pathname === '/' ? '/index.html' : pathname)))
  })
}

function sendFile(response: ServerResponse, file: string): void {
  const stream = createReadStream(file)
  stream.once('error', () => response.writeHead(404).end())
  stream.once('ready', () => {
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
    pipeline(stream, response, () => {})
  })
}
