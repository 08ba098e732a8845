import { randomBytes } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'
import { client, MODELS, sha256, UPLOADS } from './support.ts'

let server: TestServer | null = null
afterEach(async () => {
  await server?.dispose()
  server = null
})

/** The status in the database of a server that is not running. */
async function stored({ dataDir }: TestServer, id: string): Promise<unknown> {
  const [file = ''] = (await readdir(dataDir)).filter((name) => /\.(?:db|sqlite)$/.test(name))
  const db = new DatabaseSync(join(dataDir, file))
  try {
    return db.prepare('select status from sessions where id = ?').get(id)?.status
  } finally {
    db.close()
  }
}

/** Bytes in the data folder but for the database. */
async function bytesOf({ dataDir }: TestServer): Promise<number> {
  const names = await readdir(dataDir, { recursive: true })
  const sizes = await Promise.all(
    names
      .filter((name) => /[0-9a-f-]{36}/.test(name))
      .map(async (name) => {
        const found = await stat(join(dataDir, name)).catch(() => null)
        return found?.isFile() ? found.size : 0
      }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

describe('kill -9', () => {
  test('in INITIATED: the session and its link go on', async () => {
    server = await startServer()
    const begun = (await client(server).begin({ sha256: sha256('abc') })).body
    await server.kill()
    expect(await stored(server, begun.uploadId)).toBe('INITIATED')
    server = await server.restart()
    const path = `/api/${begun.presignedURL.replace('{chunkOrder}', '1')}`
    const sent = await client(server, null).call('PUT', path, {
      body: 'abc',
      headers: { 'x-total-chunks': '1', 'content-type': 'application/octet-stream' },
    })
    expect(sent.body).toMatchObject({ isLastChunk: true })
    expect((await client(server).settled(begun.uploadId)).status).toBe('COMPLETED')
  })

  test('in UPLOADING: every acknowledged chunk is there, a half one is not', async () => {
    server = await startServer()
    const chunks = [300_000, 200_000, 250_000].map((size) => randomBytes(size))
    const whole = Buffer.concat(chunks)
    const id = (await client(server).begin({ sha256: sha256(whole), fileSize: whole.length })).body.uploadId
    await client(server).put(id, 3, chunks[2] as Buffer, 3)
    await client(server).put(id, 1, chunks[0] as Buffer, 3)
    const half = new ReadableStream({
      async start(controller) {
        controller.enqueue((chunks[1] as Buffer).subarray(0, 100_000))
        await sleep(10_000)
      },
    })
    const cut = fetch(`${server.origin}${UPLOADS}/${id}/chunks/2`, {
      method: 'PUT',
      headers: { authorization: server.authorization, 'x-total-chunks': '3' },
      body: half,
      duplex: 'half',
    } as RequestInit).then(
      () => 'answered',
      () => 'broken',
    )
    await sleep(300)
    await server.kill()
    expect(await cut).toBe('broken')
    expect(await stored(server, id)).toBe('UPLOADING')
    server = await server.restart()
    const again = client(server)
    expect((await again.status(id)).uploadedChunks).toEqual([
      { chunkOrder: 1, receivedSize: 300_000 },
      { chunkOrder: 3, receivedSize: 250_000 },
    ])
    expect((await again.put(id, 2, chunks[1] as Buffer, 3)).body.isLastChunk).toBe(true)
    expect((await again.settled(id)).status).toBe('COMPLETED')
    expect(sha256((await again.call('GET', `${UPLOADS}/${id}/file`)).bytes)).toBe(sha256(whole))
  })

  test('in PROCESSING: completed after the restart, with one image', async () => {
    server = await startServer()
    const chunks = Array.from({ length: 4 }, () => randomBytes(16 * 1024 * 1024))
    const whole = sha256(Buffer.concat(chunks))
    const id = (await client(server).begin({ sha256: whole, uploadLocation: 'IMAGE', fileName: 'big.png' }))
      .body.uploadId
    // The first chunk comes last, so that all is still to be digested.
    for (const number of [4, 3, 2, 1]) await client(server).put(id, number, chunks[number - 1] as Buffer, 4)
    await server.kill()
    expect(await stored(server, id)).toBe('PROCESSING')
    server = await server.restart()
    const done = await client(server).settled(id)
    expect(done).toMatchObject({ status: 'COMPLETED', fileSize: 4 * 16 * 1024 * 1024 })
    expect(done.imageId).toBeGreaterThan(0)
    const { records } = (await client(server).call('GET', `${MODELS}/AD_Image`)).body
    expect(records.map((row: { id: number }) => row.id)).toEqual([done.imageId])
    const { bytes } = await client(server).call('GET', `${MODELS}/AD_Image/${done.imageId}/BinaryData`)
    expect(sha256(bytes)).toBe(whole)
  })
})

test('an expired upload is swept: its bytes are freed, its row stays', async () => {
  server = await startServer()
  const admin = client(server)
  const id = (await admin.begin({ expiresInSeconds: 2 })).body.uploadId
  expect((await admin.put(id, 1, randomBytes(500_000), 2)).status).toBe(200)
  expect(await bytesOf(server)).toBeGreaterThanOrEqual(500_000)
  for (let tries = 0; tries < 200 && (await bytesOf(server)) > 0; tries += 1) await sleep(100)
  expect(await bytesOf(server)).toBe(0)
  // "message `Upload session has expired.` the first time"
  const told = { status: 'FAILED', message: 'Upload session has expired.', uploadedChunks: [] }
  expect(await admin.status(id)).toMatchObject(told)
  expect((await admin.status(id)).message).toMatch(
    /^File processing failed or upload expired before completion\./,
  )
  expect((await admin.put(id, 2, 'x', 2)).status).toBe(410)
}, 30_000)

test('canceled and replaced bytes are freed', async () => {
  server = await startServer()
  const admin = client(server)
  const id = (await admin.begin()).body.uploadId
  await admin.put(id, 1, randomBytes(100_000), 3)
  await admin.put(id, 1, randomBytes(90_000), 3)
  await admin.put(id, 2, randomBytes(100_000), 3)
  await admin.call('DELETE', `${UPLOADS}/${id}`)
  for (let tries = 0; tries < 50 && (await bytesOf(server)) > 0; tries += 1) await sleep(20)
  expect(await bytesOf(server)).toBe(0)
})
