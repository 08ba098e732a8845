import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { ADMIN } from './support/api.ts'
import { digestOfDownload, download, dropFiles, openRecord, press, signIn, upload } from './support/app.ts'
import { MIB, randomFile } from './support/files.ts'
import { startServer } from './support/server.ts'
import { expect, FileServer, test } from './support/test.ts'

const server = new FileServer()
const { api } = server

test('a password signs in, a wrong one is told to be wrong', async ({ page }) => {
  await page.goto(server.url)
  await page.getByLabel('User name').fill(ADMIN.userName)
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toContainText('User name and password do not match')
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Upload' })).toBeVisible()
})

test('without a password the printed link signs in, once', async ({ page, browser }) => {
  const fresh = await startServer()
  try {
    const link = /http:\/\/\S+\/sign-in\?token=\S+/.exec(fresh.output())?.[0]
    expect(link, fresh.output()).toBeDefined()
    await page.goto(link as string)
    await expect(page.getByRole('heading', { level: 1, name: 'Upload' })).toBeVisible()
    const other = await browser.newPage()
    await other.goto(link as string)
    await expect(other.getByText('This sign-in link was used already')).toBeVisible()
    await expect(other.getByLabel('User name')).toBeVisible()
    await other.close()
  } finally {
    await fresh.stop()
  }
})

test('50 MB dropped onto a record, paused, resumed and reloaded, are filed and verified', async ({
  page,
  folder,
  wire,
}) => {
  const slow = await wire(server.url)
  slow.rate = 8 * MIB
  const sample = await randomFile(folder, 'harbour.bin', 50 * MIB)
  const record = await api.newRecord('Harbour')
  const row = upload(page, sample.name)
  const received = () => api.received(sample.name)
  await signIn(page, slow.url)
  await openRecord(page, slow.url, record)
  await dropFiles(page, [sample.path])
  await expect(row).toHaveAttribute('data-state', 'uploading')
  await expect.poll(received).toBeGreaterThan(4 * MIB)

  await press(page, 'Pause', sample.name)
  await expect(row).toHaveAttribute('data-state', 'paused')
  const pausedAt = await resting(received)
  expect(pausedAt).toBeLessThan(sample.size)

  await press(page, 'Resume', sample.name)
  await expect.poll(received).toBeGreaterThan(pausedAt + 4 * MIB)
  const atReload = await received()
  await page.reload()
  await expect(row).toHaveAttribute('data-state', /checking|uploading/)
  await expect.poll(received).toBeGreaterThan(atReload + 4 * MIB)

  await press(page, 'Pause', sample.name)
  await expect(row).toHaveAttribute('data-state', 'paused')
  await page.reload()
  await expect(row).toHaveAttribute('data-state', 'paused')
  expect(await resting(received)).toBeLessThan(sample.size)
  await press(page, 'Resume', sample.name)
  await expect(row).toHaveAttribute('data-state', 'filed', { timeout: 40_000 })
  await expect(row.getByText('Verified')).toBeVisible()

  const session = await api.sessionOf(sample.name)
  expect(session).toMatchObject({ status: 'COMPLETED', verified: true, sha256: sample.sha256 })
  const [entry, ...others] = await api.entries(record)
  expect(others).toEqual([])
  expect(entry).toMatchObject({ kind: 'ATTACHMENT', name: sample.name, sha256: sample.sha256 })
  const link = page.getByRole('link', { name: `Download ${sample.name}` })
  expect(await digestOfDownload(page, link)).toBe(sample.sha256)

  const button = page.getByRole('button', { name: `Save receipt: ${sample.name}` })
  const receipt = await download(page, button)
  expect(receipt.suggestedFilename()).toBe('harbour.bin.receipt.json')
  expect(JSON.parse(await readFile(await receipt.path(), 'utf8'))).toMatchObject({
    session: session.id,
    fileName: sample.name,
    size: sample.size,
    sha256: sample.sha256,
    declaredSha256: sample.sha256,
    browserSha256: sample.sha256,
    verified: true,
    owner: ADMIN.userName,
    target: { table: record.table, record: record.uid },
  })
})

/** What has been received once the requests on their way have ended; it stays so for two seconds. */
async function resting(received: () => Promise<number>): Promise<number> {
  await sleep(1000)
  const before = await received()
  await sleep(2000)
  expect(await received(), 'bytes stored while paused').toBe(before)
  return before
}
