import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const ROOT = join(import.meta.dirname, '..', '..')
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+/
const START_LIMIT = 120_000
const STOP_LIMIT = 15_000

export interface RunningServer {
  /** Origin without a trailing slash. */
  url: string
  dataDir: string
  /** What the server and its launcher have printed since the last start. */
  output(): string
  /** SIGKILL to everything `npm start` started. The data directory stays. */
  kill(): Promise<void>
  /** `npm start` again, on the same port and data directory. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Starts a server the way a user does, `npm start`, on a free port with a data directory of its own. */
export async function startServer(env: Record<string, string> = {}): Promise<RunningServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-e2e-'))
  const start = (port: string) => Launched.start({ SLIPWAY_DATA_DIR: dataDir, ...env, PORT: port })
  let launched = await start(env.PORT ?? '0')
  const { url } = launched
  return {
    url,
    dataDir,
    output: () => launched.output,
    kill: () => launched.end('SIGKILL'),
    start: async () => {
      launched = await start(new URL(url).port)
    },
    stop: async () => {
      await launched.end('SIGTERM')
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** One `npm start` with all the processes under it. */
class Launched {
  output = ''
  url = ''
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  private constructor(env: Record<string, string>) {
    const [command, ...args] = npmStart()
    const options = { cwd: ROOT, detached: true, env: { ...process.env, ...env } }
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    this.#child = child
    this.#ended = once(child, 'close')
  }

  static async start(env: Record<string, string>): Promise<Launched> {
    const launched = new Launched(env)
    const deadline = Date.now() + START_LIMIT
    while (Date.now() < deadline && launched.#runs()) {
      const found = ADDRESS.exec(launched.output)
      if (found) {
        launched.url = found[0]
        return launched
      }
      await sleep(20)
    }
    await launched.end('SIGKILL')
    throw new Error(`npm start printed no address:\n${launched.output}`)
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.#runs()) return
    this.#signal(signal)
    const limit = setTimeout(() => this.#signal('SIGKILL'), STOP_LIMIT)
    await this.#ended
    clearTimeout(limit)
  }

  #runs(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return
    try {
      process.kill(-this.#child.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

function npmStart(): [string, ...string[]] {
  const npm = process.env.npm_execpath
  return npm ? [process.execPath, npm, 'start'] : ['npm', 'start']
}
