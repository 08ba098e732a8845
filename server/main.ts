import { flushCompileCache } from 'node:module'
import { pino } from 'pino'
import { ConfigError, help, readConfig } from '#config'
import { createApp } from './app.ts'
import { CannotStart } from './cannot-start.ts'

/** Running requests may end by themselves for so long after SIGTERM, ms; with the rest less than the 10 s of `docker stop`. */
const DRAIN = 7000

async function main(): Promise<void> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    process.stdout.write(help())
    return
  }
  const config = readConfig(process.env)
  const log = pino(
    { level: config.logLevel },
    process.stdout.isTTY ? (await import('pino-pretty')).default({ ignore: 'pid,hostname' }) : undefined,
  )
  const app = await createApp(config, log)
  process.on('unhandledRejection', (error) =>
    log.error({ err: error }, 'a promise failed and nobody listened'),
  )
  const { origin, signIn } = await app.listen()
  process.stdout.write(`Slipway listens on ${origin}\n${signIn}\n`)
  // What was compiled is there for the next start even if this process is killed.
  flushCompileCache()
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      log.info({ signal }, 'stopping')
      app.stop(DRAIN).then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'could not stop in order')
          process.exit(1)
        },
      )
    })
  }
}

main().catch((error: unknown) => {
  const expected = error instanceof ConfigError || error instanceof CannotStart
  const text = expected
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error)
  process.stderr.write(`Slipway cannot start.\n${text}\n`)
  process.exit(1)
})
