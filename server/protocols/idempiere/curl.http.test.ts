import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { sha256 } from './support.ts'

const run = promisify(execFile)
const PASSWORD = 'correct horse battery staple'
const README = join(import.meta.dirname, '..', 'README.md')

let server: TestServer
let folder: string
beforeAll(async () => {
  server = await startServer({ SLIPWAY_ADMIN_PASSWORD: PASSWORD })
  folder = await mkdtemp(join(tmpdir(), 'idempiere-curl-'))
})
afterAll(async () => {
  await server.dispose()
  await rm(folder, { recursive: true, force: true })
})

/** The commands below a heading of the README, as they stand. */
async function commandsOf(heading: string): Promise<string> {
  const text = await readFile(README, 'utf8')
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? ''
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code]) => code).join('')
}

test('the walk of the README does what it says', async () => {
  const commands = (await commandsOf('Upload with curl (iDempiere API)')).replaceAll(
    'http://127.0.0.1:1080',
    server.origin,
  )
  expect(commands.match(/curl/g)?.length).toBeGreaterThan(10)
  const { stdout } = await run('sh', ['-euc', commands], {
    timeout: 25_000,
    cwd: folder,
    env: { ...process.env, PASSWORD },
  })
  expect(stdout.match(/"isLastChunk":true/g)).toHaveLength(1)
  expect(stdout).toContain('"status":"COMPLETED"')
  expect(stdout).toContain('"attachments":[{"name":"photo.bin"')
  expect(stdout).toContain('canceled successfully.')
  const photo = await readFile(join(folder, 'photo.bin'))
  const link = await readFile(join(folder, 'link.bin'))
  expect(sha256(link)).toBe(sha256(photo))
  expect(await readFile(join(folder, 'part.bin'))).toEqual(photo.subarray(0, 1000))
})
