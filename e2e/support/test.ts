import { test as base } from '@playwright/test'
import { type RunningServer, startServer } from './server.ts'

/** Playwright's test, with a running server that the tests of one worker share. */
export const test = base.extend<object, { server: RunningServer }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from this pattern
    async ({}, use) => {
      const server = await startServer()
      await use(server)
      await server.stop()
    },
    { scope: 'worker', timeout: 150_000 },
  ],
  baseURL: ({ server }, use) => use(server.url),
})

export { expect } from '@playwright/test'
