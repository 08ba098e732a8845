import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

const MODULES = join(import.meta.dirname, '..', '..', 'node_modules')

export interface Site {
  /** Origin without a trailing slash. */
  url: string
  close(): Promise<void>
}

/** Somebody else's web site: an empty page with scripts out of installed packages, or `own` ones by name. */
export async function startSite(scripts: string[], own: Record<string, string> = {}): Promise<Site> {
  const tags = scripts.map((script) => `<script src="/${script}"></script>`).join('')
  const page = `<!doctype html><html lang="en"><title>Site</title><link rel="icon" href="data:,">${tags}</html>`
  const server = createServer(async (request, response) => {
    const script = scripts.find((one) => request.url === `/${one}`)
    const type = script ? 'text/javascript' : 'text/html'
    response.setHeader('content-type', `${type}; charset=utf-8`)
    response.end(script ? (own[script] ?? (await readFile(join(MODULES, script)))) : page)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
