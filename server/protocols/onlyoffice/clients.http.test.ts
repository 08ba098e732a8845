import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { client, sha256 } from './support.ts'

const run = promisify(execFile)
let server: TestServer
let folder: string

beforeAll(async () => {
  server = await startServer()
  folder = await mkdtemp(join(tmpdir(), 'onlyoffice-'))
})
afterAll(async () => {
  await server.dispose()
  await rm(folder, { recursive: true, force: true })
})

const curl = async (...args: string[]) =>
  JSON.parse((await run('curl', ['--silent', '--show-error', ...args])).stdout) as {
    response: { token: string; current: { id: number } }
    data: { location: string; bytes_uploaded: number; title: string; file: { viewUrl: string } }
  }

test('curl signs in, begins, sends the chunks and reads the file back', async () => {
  const bytes = randomBytes(3_000_000)
  const names = await Promise.all(
    [0, 1, 2].map(async (index) => {
      const name = join(folder, `part${index}`)
      await writeFile(name, bytes.subarray(index * 1_000_000, (index + 1) * 1_000_000))
      return name
    }),
  )
  const [userName, password] = Buffer.from(server.authorization.slice(6), 'base64').toString().split(/:(.*)/)
  const base = `${server.origin}/api/2.0`
  const json = ['-H', 'Content-Type: application/json']
  const { token } = (
    await curl(`${base}/authentication`, ...json, '-d', JSON.stringify({ userName, password }))
  ).response
  const auth = ['-H', `Authorization: ${token}`]
  const { id } = (await curl(`${base}/files/@my`, ...auth)).response.current
  const fields = {
    folderId: id,
    FileName: 'curl.bin',
    FileSize: bytes.length,
    CreateOn: '2008-04-10T06-30-00.000Z',
    Encrypted: false,
  }
  const { location } = (
    await curl(`${base}/files/${id}/upload/create_session`, ...auth, ...json, '-d', JSON.stringify(fields))
  ).data
  let last = await curl(location, '-F', `file=@${names[0]}`)
  expect(last.data.bytes_uploaded).toBe(1_000_000)
  for (const name of names.slice(1)) last = await curl(location, '-F', `file=@${name}`)
  expect(last.data.title).toBe('curl.bin')
  const back = join(folder, 'back')
  await run('curl', ['--silent', '--fail', '-o', back, ...auth, last.data.file.viewUrl])
  const { stdout } = await run('sha256sum', [back])
  expect(stdout.slice(0, 64)).toBe(sha256(bytes))
})

/** After the steps of the official guide: JSON session, size as text, FormData chunks, no credential on them. */
test('a script after the official guide uploads in chunks of 1023 KiB', async () => {
  const bytes = randomBytes(2_500_000)
  const me = await client(server).my()
  const session = (await (
    await fetch(`${server.origin}/api/2.0/files/${me}/upload/create_session`, {
      method: 'POST',
      headers: { Authorization: server.authorization, 'Content-Type': 'application/json' },
      body: JSON.stringify({ FileName: 'guide.bin', FileSize: String(bytes.length) }),
    })
  ).json()) as { data: { location: string } }
  const size = 1024 * 1023
  let status = 0
  let answer: { data?: { file?: { viewUrl: string } } } = {}
  for (let at = 0; at < bytes.length; at += size) {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(bytes.subarray(at, at + size))]), `chunk${at / size}`)
    const response = await fetch(session.data.location, { method: 'POST', body: form })
    status = response.status
    answer = (await response.json()) as typeof answer
  }
  expect(status).toBe(201)
  expect(sha256(await client(server).download(answer.data?.file?.viewUrl ?? ''))).toBe(sha256(bytes))
})

test('kill -9 in the middle loses nothing that was acknowledged and files it once', async () => {
  const bytes = randomBytes(800_000)
  const before = client(server)
  const { location = '' } = await before.begin({ fileName: 'crash.bin', fileSize: bytes.length })
  const half = bytes.subarray(0, 400_000)
  expect((await before.send(location, half)).body.data.bytes_uploaded).toBe(400_000)
  const unheard = before.send(location, bytes.subarray(400_000), {
    'content-range': 'bytes 400000-799999/800000',
  })
  unheard.catch(() => null)
  const { pid } = server
  await server.kill()
  await unheard.catch(() => null)
  expect(() => process.kill(pid, 0)).toThrow()
  server = await server.restart()
  const after = client(server)
  const resend = { 'content-range': 'bytes 400000-799999/800000' }
  const done = await after.send(location, bytes.subarray(400_000), resend)
  expect(done.status).toBe(201)
  expect(sha256(await after.download(done.body.data.file.viewUrl))).toBe(sha256(bytes))
  const list = (await after.call('GET', '/api/2.0/files/@my')).body.response.files as {
    title: string
    version: number
  }[]
  expect(list.filter(({ title }) => title === 'crash.bin').map(({ version }) => version)).toEqual([1])
})
