import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { sha256, tusClient } from './support.ts'

const MIB = 1024 * 1024

/** A file system of 24 MiB; null where this user may not mount one. */
function smallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'pipe' })
    return folder
  } catch (error) {
    console.warn(`SKIPPED: a full disk cannot be tested here, no tmpfs can be mounted (${String(error)})`)
    rmSync(folder, { recursive: true })
    return null
  }
}

const disk = smallDisk()

describe.skipIf(disk === null)('tus on a full disk', () => {
  const folder = disk ?? ''
  let server: TestServer
  let client: ReturnType<typeof tusClient>
  beforeAll(async () => {
    server = await startServer({}, folder)
    client = tusClient(server)
  })
  afterAll(async () => {
    await server.kill()
    execFileSync('umount', [folder])
    rmSync(folder, { recursive: true })
  })

  test('507, what fitted is kept, and the upload goes on once there is room', async () => {
    const filler = join(folder, 'filler')
    const bytes = randomBytes(6 * MIB)
    const url = await client.create(bytes.length)
    const room = statfsSync(folder).bavail * statfsSync(folder).bsize
    writeFileSync(filler, Buffer.alloc(room - 3 * MIB))
    const reply = await client.patch(url, 0, bytes)
    expect(reply.status).toBe(507)
    expect(reply.text).toMatch(/full/)
    rmSync(filler)
    const offset = Number((await client.head(url)).headers['upload-offset'])
    expect(offset).toBeLessThan(bytes.length)
    const last = await client.patch(url, offset, bytes.subarray(offset))
    expect(last).toMatchObject({ status: 204, headers: { 'upload-offset': String(bytes.length) } })
    expect(sha256((await client.ask('GET', url)).body)).toBe(sha256(bytes))
    console.log(`a full disk kept ${offset} bytes`)
  })

  test('bytes that come with the creation: 507, with the URL to go on at', async () => {
    const filler = join(folder, 'filler')
    const bytes = randomBytes(5 * MIB)
    const room = statfsSync(folder).bavail * statfsSync(folder).bsize
    writeFileSync(filler, Buffer.alloc(room - 2 * MIB))
    const headers = {
      'upload-length': String(bytes.length),
      'content-type': 'application/offset+octet-stream',
    }
    const reply = await client.tus('POST', '/files', { headers, body: bytes })
    rmSync(filler)
    expect(reply.status).toBe(507)
    const url = String(reply.headers.location)
    const offset = Number((await client.head(url)).headers['upload-offset'])
    expect((await client.patch(url, offset, bytes.subarray(offset))).status).toBe(204)
    expect(sha256((await client.ask('GET', url)).body)).toBe(sha256(bytes))
  })

  test('an upload that fills the disk leaves room to take note of things, and to delete', async () => {
    const filler = join(folder, 'filler')
    const big = await client.create(64 * MIB)
    const room = statfsSync(folder).bavail * statfsSync(folder).bsize
    writeFileSync(filler, Buffer.alloc(room - 4 * MIB))
    const reply = await client.patch(big, 0, randomBytes(8 * MIB))
    expect(reply.status).toBe(507)
    // What fitted is kept, and known.
    const offset = Number((await client.head(big)).headers['upload-offset'])
    expect(offset).toBeGreaterThanOrEqual(2 * MIB)
    expect((await client.patch(big, offset, randomBytes(MIB))).status).toBe(507)
    expect(await client.create(5)).toMatch(/^.+$/)
    expect((await client.tus('DELETE', big)).status).toBe(204)
    const small = await client.create(MIB)
    expect((await client.patch(small, 0, randomBytes(MIB))).status).toBe(204)
    rmSync(filler)
  })
})
