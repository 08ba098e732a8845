// `npm test`: runs every kind of test, sums them up and says so in the last line.

import { spawn } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const RESULTS = join(ROOT, '.build', 'test')
const CI = Boolean(process.env.CI) && process.env.CI !== 'false'

interface Tally {
  passed: number
  failed: number
  skipped: number
}

interface VitestReport {
  success: boolean
  numPassedTests: number
  numFailedTests: number
  testResults: { assertionResults: { fullName: string; status: string }[] }[]
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number }
}

const PARTS: Record<string, () => Promise<Tally>> = { check, vitest, e2e }

async function check(): Promise<Tally> {
  const code = await run(['server/launch.mjs', 'check'])
  return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 }
}

async function vitest(): Promise<Tally> {
  const file = join(RESULTS, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const code = await run(['node_modules/vitest/vitest.mjs', 'run', ...reporters])
  const report = await readReport<VitestReport>(file)
  const tests = report?.testResults.flatMap((result) => result.assertionResults) ?? []
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed')
  for (const { fullName } of skipped) loud(`SKIPPED: ${fullName}`)
  return tally(code, report?.numPassedTests, report?.numFailedTests, skipped.length)
}

async function e2e(): Promise<Tally> {
  if ((await run(['e2e/support/chromium.ts'])) !== 0) {
    return missing('Chromium', 'the end-to-end tests', 'install chromium, or name one in CHROMIUM_PATH')
  }
  const config = ['--config', 'e2e/playwright.config.ts']
  const code = await run(['node_modules/@playwright/test/cli.js', 'test', ...config])
  const stats = (await readReport<PlaywrightReport>(join(RESULTS, 'e2e.json')))?.stats
  if (stats?.flaky) loud(`FLAKY: ${stats.flaky} end-to-end tests passed only when tried again`)
  if (stats?.skipped) loud(`SKIPPED: ${stats.skipped} end-to-end tests`)
  return tally(code, stats && stats.expected + stats.flaky, stats?.unexpected, stats?.skipped)
}

/** A bad exit without a failed test (a file that does not load, a crash) counts as one failure. */
function tally(code: number, passed = 0, failed = 0, skipped = 0): Tally {
  return { passed, failed: failed || (code === 0 ? 0 : 1), skipped }
}

/** Elsewhere a missing component is skipped; a CI that lacks one would prove less than it claims. */
function missing(component: string, tests: string, remedy: string): Tally {
  loud(`${CI ? 'FAILED' : 'SKIPPED'}: ${tests}, because ${component} is missing (${remedy})`)
  return { passed: 0, failed: CI ? 1 : 0, skipped: CI ? 0 : 1 }
}

function loud(text: string): void {
  console.log(`\n!!! ${text}`)
}

async function readReport<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as T)
}

function run(args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
    const forward = (signal: NodeJS.Signals) => child.kill(signal)
    process.on('SIGTERM', forward)
    child.once('error', reject)
    child.once('exit', (code) => {
      process.off('SIGTERM', forward)
      resolve(code ?? 1)
    })
  })
}

async function main(names: string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(PARTS, name))
  if (unknown.length > 0)
    throw new Error(`no part ${unknown.join(', ')}: there is ${Object.keys(PARTS).join(', ')}`)
  await rm(RESULTS, { recursive: true, force: true })
  await mkdir(RESULTS, { recursive: true })

  const sum: Tally = { passed: 0, failed: 0, skipped: 0 }
  for (const [name, part] of Object.entries(PARTS)) {
    if (names.length > 0 && !names.includes(name)) continue
    console.log(`\n--- ${name}`)
    const { passed, failed, skipped } = await part()
    sum.passed += passed
    sum.failed += failed
    sum.skipped += skipped
  }
  process.exitCode = sum.failed > 0 || (sum.passed === 0 && !names.includes('check')) ? 1 : 0
  console.log(`\n${sum.passed} passed, ${sum.failed} failed${sum.skipped ? `, ${sum.skipped} skipped` : ''}`)
}

await main(process.argv.slice(2))
