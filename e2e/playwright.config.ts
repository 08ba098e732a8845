import { defineConfig } from '@playwright/test'
import { findChromium } from './support/chromium.ts'

const ci = Boolean(process.env.CI)
const executablePath = findChromium()

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  forbidOnly: ci,
  retries: ci ? 1 : 0,
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  preserveOutput: 'failures-only',
  reporter: [['line'], ['json', { outputFile: '../.build/test/e2e.json' }]],
  use: {
    trace: 'on-first-retry',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    },
  },
})
