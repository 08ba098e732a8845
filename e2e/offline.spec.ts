import { setTimeout as sleep } from 'node:timers/promises'
import { dropFiles, openRecord, signIn, upload } from './support/app.ts'
import { MIB, randomFile } from './support/files.ts'
import { expect, FileServer, test } from './support/test.ts'

const server = new FileServer()
const { api } = server

// No throttling by the browser here: together with it, its offline mode lets bytes through.
test('without a network nothing is sent; with it back the upload goes on by itself', async ({
  page,
  context,
  folder,
  wire,
}) => {
  const slow = await wire(server.url)
  slow.rate = 8 * MIB
  const sample = await randomFile(folder, 'estuary.bin', 40 * MIB)
  const record = await api.newRecord('Estuary')
  const row = upload(page, sample.name)
  const banner = page.getByText('You are offline. Nothing is lost')
  await signIn(page, slow.url)
  await openRecord(page, slow.url, record)
  await dropFiles(page, [sample.path])
  await expect.poll(() => api.received(sample.name)).toBeGreaterThan(4 * MIB)

  await context.setOffline(true)
  await expect(banner).toBeVisible()
  await expect(row).toHaveAttribute('data-state', 'offline')
  await expect(row.getByText('Offline', { exact: true })).toBeVisible()
  await sleep(2000)
  const [passed, received] = [slow.passed, await api.received(sample.name)]
  await sleep(4000)
  expect(slow.passed - passed, 'bytes at the proxy while offline').toBe(0)
  expect(await api.received(sample.name)).toBe(received)
  expect(received).toBeLessThan(sample.size)

  await context.setOffline(false)
  await expect(banner).toBeHidden()
  await expect(row).toHaveAttribute('data-state', 'filed', { timeout: 40_000 })
  await expect(row.getByText('Verified')).toBeVisible()
  const [entry] = await api.entries(record)
  expect(entry?.sha256).toBe(sample.sha256)
  expect(await api.digestOf(entry?.links.content ?? '')).toBe(sample.sha256)
})
