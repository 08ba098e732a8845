import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { sha256, tusClient } from './support.ts'

const run = promisify(execFile)

/** Debian's package belongs to Debian's Python, which need not be the first one on the path. */
const python = ['/usr/bin/python3', 'python3'].find(
  (program) => spawnSync(program, ['-c', 'import tusclient.client']).status === 0,
)
if (python === undefined)
  console.warn('SKIPPED: python3-tuspy is not installed, so nothing is known of Python clients')

/** One chunk, then a new uploader as after a crash, which asks for the offset and sends the rest. */
const PROGRAM = `
import sys
from tusclient import client
origin, authorization, file, checks = sys.argv[1:5]
tus = client.TusClient(origin + '/files/', headers={'Authorization': authorization})
how = {'chunk_size': 700000, 'upload_checksum': checks == 'checksum'}
first = tus.uploader(file, metadata={'filename': 'from python.bin'}, **how)
first.upload_chunk()
second = tus.uploader(file, url=first.url, **how)
print(second.offset)
second.upload()
print(first.url)
`

describe.skipIf(python === undefined)('tuspy', () => {
  let server: TestServer
  let folder: string
  beforeAll(async () => {
    server = await startServer()
    folder = await mkdtemp(join(tmpdir(), 'slipway-tuspy-'))
  })
  afterAll(async () => {
    await server.dispose()
    await rm(folder, { recursive: true })
  })

  test.each(['plain', 'checksum'])('uploads and goes on: %s', async (checks) => {
    const bytes = randomBytes(3_000_001)
    const file = join(folder, checks)
    await writeFile(file, bytes)
    const { stdout } = await run(python ?? '', [
      '-c',
      PROGRAM,
      server.origin,
      server.authorization,
      file,
      checks,
    ])
    const [offset, url = ''] = stdout.trim().split('\n')
    expect(offset).toBe('700000')
    const reply = await tusClient(server).ask('GET', new URL(url).pathname)
    expect(reply.headers['content-disposition']).toContain('from python.bin')
    expect(sha256(reply.body)).toBe(sha256(bytes))
  })
})
