import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Peer {
  readonly name: 'slipway' | 'stock'
  readonly origin: string
  readonly folder: string
  readonly headers: Record<string, string>
  /** largest resident size since the last reset, MiB */
  peak(): Promise<number>
  resetPeak(): Promise<void>
  /** processor time used so far, seconds */
  cpu(): Promise<number>
  stop(): Promise<void>
}

const ROOT = join(import.meta.dirname, '..', '..')
const PASSWORD = 'a password for the bench'

/** Starts a server on an empty folder below `base`. */
export async function startPeer(name: Peer['name'], base: string): Promise<Peer> {
  const folder = await mkdtemp(join(base, `${name}-`))
  // The product as `npm start` starts it.
  const script =
    name === 'slipway'
      ? ['--max-semi-space-size=2', join(ROOT, 'server/main.ts')]
      : [join(import.meta.dirname, 'stock.ts'), folder]
  const child = spawn(process.execPath, script, {
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(ROOT, '.runtime/compile-cache'),
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'warn',
      SLIPWAY_DATA_DIR: folder,
      SLIPWAY_ADMIN_PASSWORD: PASSWORD,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const origin = await firstAddress(child)
  const proc = `/proc/${child.pid}`
  return {
    name,
    origin,
    folder,
    headers: {
      'tus-resumable': '1.0.0',
      ...(name === 'slipway' ? { authorization: `Basic ${btoa(`admin:${PASSWORD}`)}` } : {}),
    },
    peak: async () => Number(/VmHWM:\s+(\d+)/.exec(await readFile(`${proc}/status`, 'utf8'))?.[1]) / 1024,
    resetPeak: () => writeFile(`${proc}/clear_refs`, '5'),
    cpu: async () => {
      const fields = (await readFile(`${proc}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / 100
    },
    stop: async () => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function firstAddress({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    stdout?.on('data', (piece) => {
      text += String(piece)
      const found = /http:\/\/[\d.]+:\d+/.exec(text)
      if (found !== null) resolve(found[0])
    })
    stdout?.on('close', () => reject(new Error(`the server did not start:\n${text}`)))
  })
}
