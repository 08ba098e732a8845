import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { digestOfDownload, dropFiles, openRecord, signIn, upload } from './support/app.ts'
import { MIB, randomFile, type Sample } from './support/files.ts'
import { expect, FileServer, test } from './support/test.ts'
import { beginTus, sendTus } from './support/tus.ts'

const server = new FileServer()
const { api } = server

async function openDetails(page: Page, name: string) {
  await page.goto(`${server.url}/sessions`)
  await page.getByRole('button', { name: `Details of ${name}` }).click()
  const drawer = page.getByRole('dialog', { name: 'Upload details' })
  await expect(drawer.getByText(name).first()).toBeVisible()
  return drawer
}

/** Picks a file where the drawer asks for it. */
async function continueWith(page: Page, session: string, sample: Sample): Promise<void> {
  const drawer = await openDetails(page, session)
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    drawer.getByRole('button', { name: `Continue here: ${session}` }).click(),
  ])
  await chooser.setFiles(sample.path)
}

test('an upload by another client is seen live, and continued here', async ({ page, folder }) => {
  const sample = await randomFile(folder, 'drifter.bin', 12 * MIB)
  const bytes = await readFile(sample.path)
  await signIn(page, server.url)
  await page.goto(`${server.url}/sessions`)
  await expect(page.getByRole('heading', { level: 1, name: 'Sessions' })).toBeVisible()
  const url = await beginTus(api, { filename: sample.name }, sample.size)
  const line = page.getByRole('row').filter({ hasText: sample.name })
  await expect(line.getByText('Begun')).toBeVisible()
  await sendTus(api, url, 0, bytes.subarray(0, 3 * MIB))
  await expect(line.getByText('3.0 MiB of 12.0 MiB stored')).toBeVisible()
  await sendTus(api, url, 3 * MIB, bytes.subarray(3 * MIB, 5 * MIB))
  await expect(line.getByText('5.0 MiB of 12.0 MiB stored')).toBeVisible()

  await continueWith(page, sample.name, sample)
  await expect(line.getByText('Completed')).toBeVisible()
  await expect(line.getByText('Verified')).toBeVisible()
  const session = await api.sessionOf(sample.name)
  expect(session).toMatchObject({
    status: 'COMPLETED',
    verified: true,
    sha256: sample.sha256,
    protocol: 'tus',
  })
  expect(await api.digestOf(`/api/slipway/v1/sessions/${session.id}/file`)).toBe(sample.sha256)
})

test('begun in one browser, continued in another: only with the right file', async ({
  page,
  browser,
  folder,
  wire,
}) => {
  const slow = await wire(server.url)
  slow.rate = 4 * MIB
  const sample = await randomFile(folder, 'passage.bin', 20 * MIB)
  const wrong = await randomFile(`${folder}/wrong`, 'passage.bin', 20 * MIB)
  const short = await randomFile(`${folder}/short`, 'passage.bin', MIB)
  const record = await api.newRecord('Passage')
  await signIn(page, slow.url)
  await openRecord(page, slow.url, record)
  await dropFiles(page, [sample.path])
  await expect.poll(() => api.received(sample.name)).toBeGreaterThan(2 * MIB)
  slow.refuse = true
  await page.close()
  // What had left the browser still arrives; after that nothing does.
  await expect.poll(() => standsStill(() => api.received(sample.name))).toBe(true)
  const begun = await api.sessionOf(sample.name)
  expect(begun.received).toBeLessThan(sample.size)

  const other = await (await browser.newContext()).newPage()
  await signIn(other, server.url)
  await continueWith(other, sample.name, short)
  await expect(other.getByText('That is not the same file')).toBeVisible()
  await continueWith(other, sample.name, wrong)
  await other.getByRole('link', { name: 'Upload', exact: true }).first().click()
  await expect(upload(other, sample.name)).toHaveAttribute('data-state', 'failed')
  await expect(upload(other, sample.name)).toContainText('This file changed since the upload began')
  expect(await api.session(begun.id)).toMatchObject({ received: begun.received, status: 'UPLOADING' })
  await other.getByRole('button', { name: `Remove: ${sample.name}` }).click()
  expect((await api.session(begun.id)).status, 'it waits for the right file').toBe('UPLOADING')

  await continueWith(other, sample.name, sample)
  await expect.poll(async () => (await api.session(begun.id)).status, { timeout: 40_000 }).toBe('COMPLETED')
  const [entry] = await api.entries(record)
  expect(await api.digestOf(entry?.links.content ?? '')).toBe(sample.sha256)
  await other.context().close()
})

test('details, download, a copy to a record, the filter', async ({ page }) => {
  const bytes = randomBytes(1_234_567)
  const url = await beginTus(api, { filename: 'loose.bin', filetype: 'application/x-loose' }, bytes.length)
  await sendTus(api, url, 0, bytes)
  await beginTus(api, { filename: 'unfinished.bin' }, 10)
  const { sha256 } = await api.sessionOf('loose.bin')
  const record = await api.newRecord('Takes the copy')
  await signIn(page, server.url)
  const drawer = await openDetails(page, 'loose.bin')
  await expect(drawer.getByText('1,234,567 bytes').first()).toBeVisible()
  await expect(drawer.getByText('application/x-loose')).toBeVisible()
  await expect(drawer.getByText(sha256 ?? 'no digest')).toBeVisible()
  expect(await digestOfDownload(page, drawer.getByRole('link', { name: 'Download' }))).toBe(sha256)

  await drawer.getByRole('button', { name: 'Copy to a record' }).click()
  const dialog = page.getByRole('dialog', { name: 'Copy to a record' })
  await dialog.getByRole('combobox', { name: 'Table' }).click()
  await page.getByRole('option', { name: 'C_Order' }).click()
  await dialog.getByRole('combobox', { name: 'Record' }).fill('takes the')
  await page.getByRole('option', { name: record.name }).click()
  await dialog.getByRole('button', { name: 'Copy here' }).click()
  await expect(dialog).toBeHidden()
  const [entry] = await api.entries(record)
  expect(entry).toMatchObject({ name: 'loose.bin', sha256 })

  await page.goto(`${server.url}/sessions`)
  await expect(page.getByText('unfinished.bin')).toBeVisible()
  await page.getByLabel('File name').fill('LOOSE')
  await expect(page.getByText('unfinished.bin')).toBeHidden()
  await expect(page.getByText('loose.bin')).toBeVisible()
  await page.getByLabel('File name').fill('')
  await page.getByRole('combobox', { name: 'Status' }).click()
  await page.getByRole('option', { name: 'Begun' }).click()
  await expect(page.getByText('unfinished.bin')).toBeVisible()
  await expect(page.getByText('loose.bin')).toBeHidden()
})

test('a canceled upload is gone for whoever sends it', async ({ page }) => {
  const bytes = randomBytes(2 * MIB)
  const url = await beginTus(api, { filename: 'sunk.bin' }, bytes.length)
  await sendTus(api, url, 0, bytes.subarray(0, MIB))
  await signIn(page, server.url)
  const drawer = await openDetails(page, 'sunk.bin')
  await drawer.getByRole('button', { name: 'Cancel upload' }).click()
  const question = page.getByRole('dialog', { name: 'Cancel this upload?' })
  await expect(question.getByRole('button', { name: 'Keep it' })).toBeFocused()
  await question.getByRole('button', { name: 'Cancel the upload' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'sunk.bin' }).getByText('Canceled')).toBeVisible()
  const head = { 'tus-resumable': '1.0.0' }
  expect((await api.fetch(url, { method: 'HEAD', headers: head })).status).toBeGreaterThanOrEqual(404)
})

/** Nothing arrived for two seconds. */
async function standsStill(received: () => Promise<number>): Promise<boolean> {
  const before = await received()
  await new Promise((resolve) => setTimeout(resolve, 2000))
  return (await received()) === before
}
