import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { ADMIN, API } from './api.ts'
import { FaultProxy } from './fault-proxy.ts'
import { type RunningServer, startServer } from './server.ts'

interface Fixtures {
  /** An empty folder that is gone after the test. */
  folder: string
  /** Puts a fault proxy in front of an origin for the time of the test. */
  wire: (origin: string) => Promise<FaultProxy>
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from this pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-files-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from this pattern
  wire: async ({}, use) => {
    const proxies: FaultProxy[] = []
    await use(async (origin) => {
      const proxy = await FaultProxy.start(origin)
      proxies.push(proxy)
      return proxy
    })
    for (const proxy of proxies) await proxy.close()
  },
})

export { expect } from '@playwright/test'

/** A server that the tests of one file share. */
export class FileServer {
  #running: RunningServer | null = null
  readonly api = new API(() => this.url)

  /** Call once, at the top of a file. An empty password is none: a one-time link is printed instead. */
  constructor(env: Record<string, string> = {}) {
    test.beforeAll(async () => {
      test.setTimeout(150_000)
      this.#running = await startServer({ SLIPWAY_ADMIN_PASSWORD: ADMIN.password, ...env })
    })
    test.afterAll(() => this.#running?.stop())
  }

  get running(): RunningServer {
    if (!this.#running) throw new Error('the server of this file is not running')
    return this.#running
  }

  get url(): string {
    return this.running.url
  }
}
