import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const MAIN = join(import.meta.dirname, '..', 'main.ts')

export interface TestServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  readonly dataDir: string
  readonly pid: number
  /** `Authorization` of the administrator (HTTP Basic) */
  readonly authorization: string
  /** API key of the administrator */
  readonly key: string
  /** everything the server printed so far */
  output(): string
  /** SIGTERM; resolves with the exit code. The data folder stays. */
  stop(): Promise<number | null>
  /** SIGKILL; resolves when the process is gone */
  kill(): Promise<void>
  /** a new process on the same data folder and, when it is free, the same port */
  restart(environment?: Record<string, string>): Promise<TestServer>
  /** kills the process and removes the data folder */
  dispose(): Promise<void>
}

export const basic = (userName: string, password: string): string =>
  `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`

const PASSWORD = 'correct horse battery staple'
const KEY = 'test-api-key-of-the-administrator'

/** Starts `server/main.ts` as a process of its own, on a free port and an empty data folder. */
export async function startServer(
  environment: Record<string, string> = {},
  dataDir?: string,
): Promise<TestServer> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'slipway-test-')))
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'warn',
      SLIPWAY_DATA_DIR: folder,
      SLIPWAY_ADMIN_PASSWORD: PASSWORD,
      SLIPWAY_API_KEY: KEY,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const origin = await address(child, lines)
  const ended = once(child, 'exit')
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
    return child.exitCode
  }
  return {
    origin,
    dataDir: folder,
    pid: child.pid ?? 0,
    authorization: basic('admin', PASSWORD),
    key: KEY,
    output: () => lines.join('\n'),
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL')
    },
    restart: async (more = {}) => {
      await end('SIGKILL')
      return startServer({ ...environment, PORT: new URL(origin).port, ...more }, folder)
    },
    dispose: async () => {
      await end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function address(child: ChildProcess, lines: string[]): Promise<string> {
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('the server has no output')
  return new Promise((resolve, reject) => {
    for (const stream of [stdout, stderr]) {
      createInterface(stream).on('line', (line) => {
        lines.push(line)
        const found = /http:\/\/[\d.]+:\d+/.exec(line)
        if (found !== null) resolve(found[0])
      })
    }
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${lines.join('\n')}`)))
    child.once('error', reject)
  })
}

/** Makes a user through the own API and returns the `Authorization` that signs in as them. */
export async function addUser(
  server: TestServer,
  userName: string,
  roles: string[] = ['user'],
): Promise<string> {
  const password = `${userName} has a long password`
  const response = await fetch(`${server.origin}/api/slipway/v1/users`, {
    method: 'POST',
    headers: { authorization: server.authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ userName, password, roles }),
  })
  if (response.status !== 201)
    throw new Error(`user ${userName}: ${response.status} ${await response.text()}`)
  return basic(userName, password)
}
