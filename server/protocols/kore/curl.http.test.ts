import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { fetchBytes, sha256 } from './support.ts'

const run = promisify(execFile)
let server: TestServer
let folder: string
let host: string

beforeAll(async () => {
  server = await startServer()
  host = new URL(server.origin).host
  folder = await mkdtemp(join(tmpdir(), 'kore-curl-'))
})
afterAll(async () => {
  await server.dispose()
  await rm(folder, { recursive: true, force: true })
})

/** A documented command as it stands, but for what its reader is told to fill in. */
async function sh(command: string): Promise<Record<string, string>> {
  const filled = command
    .replaceAll('https://{host}', 'http://{host}')
    .replaceAll('{host}', host)
    .replaceAll('\n', ' ')
  const { stdout } = await run('sh', ['-c', `${filled} --silent --show-error`])
  return JSON.parse(stdout) as Record<string, string>
}

async function file(name: string, size: number): Promise<{ path: string; bytes: Buffer }> {
  const bytes = randomBytes(size)
  const path = join(folder, name)
  await writeFile(path, bytes)
  return { path, bytes }
}

test('mode 1 as documented', async () => {
  const { path, bytes } = await file('sample4.wav', 300_000)
  const { url = '', fileId } = await sh(`curl --location 'https://{host}/api/public/files'
--header 'x-api-key: ${server.key}'
--form 'file=@"${path}"'
--form 'fileContext="bulkImport"'`)
  expect(fileId).toMatch(/^[0-9a-f]{24}$/)
  expect(sha256(await fetchBytes(url))).toBe(sha256(bytes))
})

test('mode 2 as documented, contradictory content type and all', async () => {
  const { path, bytes } = await file('Rent.jpg', 291)
  const { sessionId, expirationDate } =
    await sh(`curl --location 'https://{host}/api/public/files/session/start'
--header 'x-api-key: ${server.key}'
--header 'Content-Type: application/json'
--data '{
    "fileContext": "bulkImport",
    "totalChunks": 1,
    "fileExtension": "jpg",
    "fileName": "Rent.jpg",
    "fileSize": 291
}'`)
  expect(Date.parse(expirationDate ?? '')).toBeGreaterThan(Date.now())
  const chunk = await sh(`curl --location 'https://{host}/api/public/files/session/${sessionId}'
--header 'x-api-key: ${server.key}'
--header 'Content-Type: application/json'
--form 'file=@"${path}"'
--form 'chunkNumber="0"'`)
  expect(chunk).toEqual({ chunkNumber: '0', sessionId })
  const { url = '' } =
    await sh(`curl --location --request POST 'https://{host}/api/public/files/session/${sessionId}/complete'
--header 'x-api-key: ${server.key}'`)
  expect(sha256(await fetchBytes(url))).toBe(sha256(bytes))
})
