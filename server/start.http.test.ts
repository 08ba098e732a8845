import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from '#testing/server.ts'

const MAIN = join(import.meta.dirname, 'main.ts')
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-start-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What the server says when it cannot start; fails when it can. */
async function refusal(environment: Record<string, string>): Promise<string> {
  const env = { ...process.env, PORT: '0', SLIPWAY_DATA_DIR: join(folder, 'unused'), ...environment }
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, [MAIN], { env, timeout: 25_000 }, (error, _stdout, stderr) =>
      resolve({ code: error?.code, stderr }),
    )
  })
  expect(code).toBe(1)
  // One sentence for whoever runs it: no trace, no warning.
  expect(stderr).toMatch(/^Slipway cannot start\.\n[^\n]+\n$/)
  return stderr
}

test('a port that is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  expect(await refusal({ PORT: String(port) })).toContain(`PORT: ${port} is used by another program`)
  other.close()
})

test('a host that is none', async () => {
  expect(await refusal({ HOST: '999.1.1.1' })).toContain('HOST: "999.1.1.1" is not an address')
})

test('an administrator who could never sign in', async () => {
  expect(await refusal({ SLIPWAY_ADMIN_USER: 'a:b' })).toContain('SLIPWAY_ADMIN_USER: "a:b" is not allowed')
})

test('a file, or a place without folders, instead of a data folder', async () => {
  const file = join(folder, 'file')
  await writeFile(file, 'x')
  expect(await refusal({ SLIPWAY_DATA_DIR: file })).toContain(`${file} is not a folder`)
  if (process.platform !== 'linux') return
  expect(await refusal({ SLIPWAY_DATA_DIR: '/proc/slipway' })).toContain('/proc/slipway cannot be used')
})

test('a damaged database, a folder in use; a folder that was open to all is closed', async () => {
  const data = await mkdtemp(join(folder, 'data-'))
  await chmod(data, 0o755)
  const server = await startServer({}, data)
  expect((await stat(data)).mode & 0o777).toBe(0o700)
  expect(await refusal({ SLIPWAY_DATA_DIR: data })).toContain('in use by another Slipway process')
  expect(server.output()).not.toMatch(/deprecat/i)
  expect(await server.stop()).toBe(0)
  expect((await readdir(data)).sort()).toEqual(['files', 'lock', 'slipway.db'])
  await writeFile(join(data, 'slipway.db'), Buffer.alloc(9000, 7))
  const said = await refusal({ SLIPWAY_DATA_DIR: data })
  expect(said).toMatch(/slipway\.db is no SQLite database, or is damaged .*: restore it from a backup/)
})
