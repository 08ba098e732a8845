import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'

const run = promisify(execFile)
const SIZE = 115_090
const WORKSPACE = `{"entity-type": "document", "name": "myworkspace", "type": "Workspace", "properties": {}}`

let server: TestServer
let folder: string

beforeAll(async () => {
  server = await startServer({
    SLIPWAY_ADMIN_USER: 'Administrator',
    SLIPWAY_ADMIN_PASSWORD: 'Administrator',
  })
  folder = await mkdtemp(join(tmpdir(), 'nuxeo-curl-'))
})
afterAll(async () => {
  await server.dispose()
  await rm(folder, { recursive: true, force: true })
})

/** A command of "HOWTO: Upload a File in Nuxeo Using REST API" as it stands, save what its reader is to fill in. */
async function sh(command: string, fill: Record<string, string> = {}) {
  let filled = command.replaceAll('http://NUXEO_SERVER', server.origin)
  for (const [name, value] of Object.entries(fill)) filled = filled.replaceAll(`<${name}>`, value)
  const { stdout } = await run(
    'sh',
    ['-c', `${filled} --silent --show-error --write-out '\\n%{http_code}'`],
    {
      cwd: folder,
    },
  )
  const end = stdout.lastIndexOf('\n')
  const [text, status] = [stdout.slice(0, end), Number(stdout.slice(end + 1))]
  return { status, body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>) }
}

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex')

test('the walkthrough of the how-to', async () => {
  const bytes = randomBytes(SIZE)
  await writeFile(join(folder, 'myFile.doc'), bytes)
  const parts = Array.from({ length: 5 }, (_, i) => bytes.subarray(i * 25_000, (i + 1) * 25_000))
  for (const [i, part] of parts.entries()) await writeFile(join(folder, `chunk_${i}`), part)

  const workspaces = 'http://NUXEO_SERVER/nuxeo/api/v1/path/default-domain/workspaces'
  await sh(
    `curl -X POST -H 'Content-Type: application/json' -u Administrator:Administrator -d '${WORKSPACE}' ${workspaces}`,
  )

  // Batch Initialization
  const batch = await sh(
    'curl -u Administrator:Administrator -X POST http://NUXEO_SERVER/nuxeo/api/v1/upload',
  )
  expect(batch.status).toBe(201)
  const myBatchId = String(batch.body?.batchId)

  // Uploading a File in One Go
  const whole = await sh(
    'curl -u Administrator:Administrator -X POST -H "X-File-Name:myFile.doc" -H "X-File-Type:application/msword" -T myFile.doc http://NUXEO_SERVER/nuxeo/api/v1/upload/<myBatchId>/0',
    { myBatchId },
  )
  expect(whole.status).toBe(201)

  // Batch File Verification
  const verified = await sh(
    'curl -u Administrator:Administrator -G http://NUXEO_SERVER/nuxeo/api/v1/upload/<myBatchId>',
    { myBatchId },
  )
  expect(verified).toEqual({ status: 200, body: [{ name: 'myFile.doc', size: SIZE, uploadType: 'normal' }] })

  // Uploading a File in Chunks
  const next = await sh('curl -u Administrator:Administrator -X POST http://NUXEO_SERVER/nuxeo/api/v1/upload')
  const fill = { myBatchId: String(next.body?.batchId) }
  const chunk =
    'curl -u Administrator:Administrator -X POST -H "X-Upload-Type:chunked" -H "X-Upload-Chunk-Index:<i>" -H "X-Upload-Chunk-Count:5" -H "X-File-Name:myFile.doc" -H "X-File-Type:application/msword" -H "X-File-Size:115090" -T <chunk_i> http://NUXEO_SERVER/nuxeo/api/v1/upload/<myBatchId>/0'
  const send = (i: number) => sh(chunk, { ...fill, i: String(i), chunk_i: `chunk_${i}` })
  for (const i of [0, 1, 2]) {
    const sent = await send(i)
    expect(sent.status).toBe(202)
    expect(sent.body).toMatchObject({ fileIdx: '0', uploadType: 'chunked', chunkCount: 5 })
    expect(sent.body?.uploadedChunkIds).toEqual(Array.from({ length: i + 1 }, (_, id) => id))
  }

  // Resume an Interrupted Upload
  const resume =
    'curl -u Administrator:Administrator -G http://NUXEO_SERVER/nuxeo/api/v1/upload/<myBatchId>/0'
  const info = { name: 'myFile.doc', size: SIZE, uploadType: 'chunked', chunkCount: 5 }
  expect(await sh(resume, fill)).toEqual({ status: 202, body: { ...info, uploadedChunkIds: [0, 1, 2] } })
  server = await server.restart()
  expect(await sh(resume, fill)).toEqual({ status: 202, body: { ...info, uploadedChunkIds: [0, 1, 2] } })
  expect((await send(3)).status).toBe(202)
  expect((await send(4)).status).toBe(201)
  expect(await sh(resume, fill)).toEqual({
    status: 200,
    body: { ...info, uploadedChunkIds: [0, 1, 2, 3, 4] },
  })

  // Creating a Document from an Uploaded File
  const create = `curl -X POST -H 'Content-Type: application/json' -u Administrator:Administrator -d '{"entity-type": "document", "name": "myNewDoc", "type": "File", "properties": {"dc:title": "My new doc", "file:content": {"upload-batch": "<myBatchId>", "upload-fileId": "0"}}}' http://NUXEO_SERVER/nuxeo/api/v1/path/default-domain/workspaces/myworkspace`
  const made = await sh(create, fill)
  expect(made).toMatchObject({ status: 201, body: { title: 'My new doc' } })
  const content = `${server.origin}/nuxeo/api/v1/path/default-domain/workspaces/myworkspace/myNewDoc/@blob/file:content`
  const { stdout } = await run('curl', ['-s', '-u', 'Administrator:Administrator', content], {
    encoding: 'buffer',
  })
  expect(md5(stdout)).toBe(md5(bytes))

  // Uploading Several Files and Using Them: "as soon as a batch is used, it is cleared"
  expect((await sh(resume, fill)).status).toBe(404)
  const several =
    'curl -u Administrator:Administrator -H "X-Batch-No-Drop: true" -G http://NUXEO_SERVER/nuxeo/api/v1/upload/<myBatchId>'
  expect((await sh(several, { myBatchId })).status).toBe(200)
})
