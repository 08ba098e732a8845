import { randomBytes } from 'node:crypto'
import type { Page } from '@playwright/test'
import type { BusinessRecord } from './support/api.ts'
import { dropFiles, openRecord, press, signIn, upload } from './support/app.ts'
import type { FaultProxy } from './support/fault-proxy.ts'
import { file, MIB, randomFile, type Sample } from './support/files.ts'
import { expect, FileServer, test } from './support/test.ts'

const server = new FileServer()
const { api } = server

/** Uploads until the server has a part of each file, then the connection is lost and the page closed. */
async function breakOff(page: Page, slow: FaultProxy, record: BusinessRecord, samples: Sample[]) {
  await signIn(page, slow.url)
  await openRecord(page, slow.url, record)
  await dropFiles(
    page,
    samples.map(({ path }) => path),
  )
  for (const { name } of samples) await expect.poll(() => api.received(name)).toBeGreaterThan(MIB)
  slow.refuse = true
  await expect(upload(page, samples[0]?.name ?? '')).toHaveAttribute('data-state', 'server away')
  const held = await Promise.all(samples.map(({ name }) => api.received(name)))
  for (const [index, { size }] of samples.entries()) expect(held[index]).toBeLessThan(size)
  await page.goto('about:blank')
  slow.refuse = false
  await forgetFiles(page, slow.url)
}

/** The browser keeps in mind what it began, but no longer has the files: as when its disk is short. */
async function forgetFiles(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/health/live`)
  const forgotten = await page.evaluate(async () => {
    const opening = indexedDB.open('uppy-blobs')
    await new Promise((resolve, reject) => {
      opening.onsuccess = resolve
      opening.onerror = reject
    })
    const change = opening.result.transaction(['files'], 'readwrite')
    const counting = change.objectStore('files').count()
    change.objectStore('files').clear()
    await new Promise((resolve) => {
      change.oncomplete = resolve
    })
    opening.result.close()
    return counting.result
  })
  expect(forgotten).toBeGreaterThan(0)
}

/** Writes other bytes in place of a file; name, size and date stay. */
function change(folder: string, { name, size }: Sample): Promise<Sample> {
  return randomFile(folder, name, size)
}

test('a changed file of the same name, size and date is refused, and can be uploaded anew', async ({
  page,
  folder,
  wire,
}) => {
  const slow = await wire(server.url)
  slow.rate = 6 * MIB
  const before = await randomFile(folder, 'manifest.bin', 24 * MIB)
  const record = await api.newRecord('Manifest')
  await breakOff(page, slow, record, [before])
  const begun = await api.sessionOf(before.name)
  const after = await change(folder, before)

  await openRecord(page, slow.url, record)
  const passed = slow.passed
  await dropFiles(page, [after.path])
  const row = upload(page, after.name)
  await expect(row).toHaveAttribute('data-state', 'failed')
  await expect(row.getByRole('alert')).toContainText('This file changed since the upload began')
  expect((await api.session(begun.id)).received, 'nothing was added to the old bytes').toBe(begun.received)
  expect(slow.passed - passed, 'no bytes of the file were sent').toBeLessThan(64 * 1024)
  expect(await api.entries(record)).toEqual([])

  await press(page, 'Start anew', after.name)
  await expect(row).toHaveAttribute('data-state', 'filed', { timeout: 40_000 })
  await expect(row.getByText('Verified')).toBeVisible()
  const [entry] = await api.entries(record)
  expect(await api.digestOf(entry?.links.content ?? '')).toBe(after.sha256)
  expect(await api.session(begun.id)).toMatchObject({ received: begun.received, status: 'UPLOADING' })
})

test('of two files in one batch only the changed one is refused', async ({ page, folder, wire }) => {
  const slow = await wire(server.url)
  slow.rate = 6 * MIB
  const same = await randomFile(folder, 'anchor.bin', 16 * MIB)
  const before = await randomFile(folder, 'chain.bin', 16 * MIB)
  const record = await api.newRecord('Two files')
  await breakOff(page, slow, record, [same, before])
  const begun = await api.sessionOf(before.name)
  const after = await change(folder, before)

  await openRecord(page, slow.url, record)
  await dropFiles(page, [same.path, after.path])
  await expect(upload(page, after.name)).toHaveAttribute('data-state', 'failed')
  await expect(upload(page, after.name)).toContainText('This file changed since the upload began')
  await expect(upload(page, same.name)).toHaveAttribute('data-state', 'filed', { timeout: 40_000 })
  expect((await api.session(begun.id)).received).toBe(begun.received)
  const entries = await api.entries(record)
  expect(entries.map(({ name }) => name)).toEqual([same.name])
  expect(await api.digestOf(entries[0]?.links.content ?? '')).toBe(same.sha256)
  expect((await api.sessions(same.name)).length, 'it went on, it was not begun anew').toBe(1)
})

test('a file that changes under the upload fails loudly and is not filed', async ({ page, folder, wire }) => {
  const slow = await wire(server.url)
  slow.rate = 6 * MIB
  const before = await randomFile(folder, 'tide-table.bin', 32 * MIB)
  const record = await api.newRecord('Tide table')
  await signIn(page, slow.url)
  await openRecord(page, slow.url, record)
  await dropFiles(page, [before.path])
  await expect.poll(() => api.received(before.name)).toBeGreaterThan(2 * MIB)
  await file(folder, before.name, randomBytes(before.size))
  const row = upload(page, before.name)
  await expect(row).toHaveAttribute('data-state', 'failed', { timeout: 40_000 })
  await expect(row.getByRole('alert')).toBeVisible()
  await expect(row.getByText('Verified')).toBeHidden()
  expect(await api.entries(record)).toEqual([])
  expect((await api.sessionOf(before.name)).status).not.toBe('COMPLETED')
})
