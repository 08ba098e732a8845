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
  /** What the server and its launcher have printed so far. */
  output(): string
  stop(): Promise<void>
}

/** Starts a server the way a user does, `npm start`, on a free port with a data directory of its own. */
export async function startServer(env: Record<string, string> = {}): Promise<RunningServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-e2e-'))
  const [command, ...args] = npmStart()
  const child = spawn(command, args, {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: '0', SLIPWAY_DATA_DIR: dataDir, ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const stop = async () => {
    await endGroup(child)
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    return { url: await address(child, () => output), dataDir, output: () => output, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function npmStart(): [string, ...string[]] {
  const npm = process.env.npm_execpath
  return npm ? [process.execPath, npm, 'start'] : ['npm', 'start']
}

async function address(child: ChildProcess, output: () => string): Promise<string> {
  const deadline = Date.now() + START_LIMIT
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const found = ADDRESS.exec(output())
    if (found) return found[0]
    await sleep(20)
  }
  throw new Error(`npm start printed no address:\n${output()}`)
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'close')
  signalGroup(child, 'SIGTERM')
  const limit = setTimeout(() => signalGroup(child, 'SIGKILL'), STOP_LIMIT)
  await ended
  clearTimeout(limit)
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
