import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createApp } from './app.ts'

const HELP = `Slipway, an upload server.

  HOST  where to listen (default 127.0.0.1)
  PORT  port to listen on, 0 for any free one (default 1080)
`

function main(): void {
  if (process.argv.includes('--help')) {
    console.log(HELP)
    return
  }
  const host = process.env.HOST ?? '127.0.0.1'
  const server = createApp(join(import.meta.dirname, '..', '.build', 'web'))
  server.once('error', (error) => {
    console.error(`cannot listen: ${error.message}`)
    process.exitCode = 1
  })
  server.listen(Number(process.env.PORT ?? 1080), host, () => {
    const { port } = server.address() as AddressInfo
    console.log(`Slipway listens on http://${host}:${port}`)
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => server.close())
}

main()
