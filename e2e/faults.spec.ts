import type { Page } from '@playwright/test'
import type { BusinessRecord } from './support/api.ts'
import { dropFiles, openRecord, signIn, upload } from './support/app.ts'
import { MIB, randomFile, type Sample } from './support/files.ts'
import { expect, FileServer, test } from './support/test.ts'

const server = new FileServer()
const { api } = server
const BANNER = 'The server does not answer. We keep asking'

async function begin(page: Page, origin: string, sample: Sample): Promise<BusinessRecord> {
  const record = await api.newRecord(`Record of ${sample.name}`)
  await signIn(page, origin)
  await openRecord(page, origin, record)
  await dropFiles(page, [sample.path])
  await expect.poll(() => api.received(sample.name)).toBeGreaterThan(2 * MIB)
  return record
}

async function filed(page: Page, record: BusinessRecord, sample: Sample): Promise<void> {
  const row = upload(page, sample.name)
  await expect(row).toHaveAttribute('data-state', 'filed', { timeout: 60_000 })
  await expect(row.getByText('Verified')).toBeVisible()
  const entries = await api.entries(record)
  expect(entries.map(({ sha256 }) => sha256)).toEqual([sample.sha256])
  expect(await api.digestOf(entries[0]?.links.content ?? '')).toBe(sample.sha256)
}

test('a connection that is cut twice costs nothing', async ({ page, folder, wire }) => {
  const flaky = await wire(server.url)
  flaky.rate = 8 * MIB
  const sample = await randomFile(folder, 'rope.bin', 40 * MIB)
  const record = await begin(page, flaky.url, sample)
  for (const cut of [1, 2]) {
    flaky.cutAfter = 5 * MIB
    await expect.poll(() => flaky.broken, { message: 'connections cut' }).toBe(cut)
    const received = await api.received(sample.name)
    expect(received).toBeLessThan(sample.size)
    await expect.poll(() => api.received(sample.name), { timeout: 30_000 }).toBeGreaterThan(received)
  }
  await filed(page, record, sample)
  expect(flaky.passed, 'little was sent twice').toBeLessThan(sample.size * 1.5)
})

test('a server that cannot be reached is waited for', async ({ page, folder, wire }) => {
  const flaky = await wire(server.url)
  flaky.rate = 8 * MIB
  const sample = await randomFile(folder, 'fog.bin', 24 * MIB)
  const record = await begin(page, flaky.url, sample)
  flaky.refuse = true
  await expect(page.getByText(BANNER)).toBeVisible()
  await expect(upload(page, sample.name)).toHaveAttribute('data-state', 'server away')
  const [passed, received] = [flaky.passed, await api.received(sample.name)]
  const refused = flaky.broken
  await expect.poll(() => flaky.broken, { message: 'attempts refused' }).toBeGreaterThan(refused + 3)
  expect(flaky.passed).toBe(passed)
  expect(await api.received(sample.name)).toBe(received)
  flaky.refuse = false
  await filed(page, record, sample)
  await expect(page.getByText(BANNER)).toBeHidden()
})

test('a server killed in mid-upload loses nothing that it said was stored', async ({
  page,
  folder,
  wire,
}) => {
  const slow = await wire(server.url)
  slow.rate = 8 * MIB
  const sample = await randomFile(folder, 'storm.bin', 40 * MIB)
  const record = await begin(page, slow.url, sample)
  const received = await api.received(sample.name)
  await server.running.kill()
  await expect(fetch(`${server.url}/health/live`), 'the server is gone').rejects.toThrow()
  await expect(page.getByText(BANNER)).toBeVisible()
  await expect(upload(page, sample.name)).toHaveAttribute('data-state', 'server away')

  await server.running.start()
  const afterwards = await api.received(sample.name)
  expect(afterwards).toBeGreaterThanOrEqual(received)
  expect(afterwards).toBeLessThan(sample.size)
  await filed(page, record, sample)
})
