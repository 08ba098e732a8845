import type { Page } from '@playwright/test'
import { digestOfDownload, dropFiles, openRecord, signIn } from './support/app.ts'
import { file, type Sample } from './support/files.ts'
import { PDF, PNG, wav } from './support/media.ts'
import { expect, FileServer, test } from './support/test.ts'

const server = new FileServer()
const { api } = server

async function bring(page: Page, name: string, samples: Sample[]) {
  const record = await api.newRecord(name)
  await signIn(page, server.url)
  await openRecord(page, server.url, record)
  await dropFiles(
    page,
    samples.map(({ path }) => path),
  )
  for (const sample of samples) await expect(entry(page, sample.name)).toBeVisible()
  return record
}

const entry = (page: Page, name: string) => page.locator(`[data-entry="${name}"]`)

test('tables, their records, a search, a new record', async ({ page }) => {
  const sought = await api.newRecord('Lighthouse keeper', 'C_BPartner')
  await signIn(page, server.url)
  await page.goto(`${server.url}/records`)
  await page.getByRole('link', { name: 'C_BPartner' }).click()
  await expect(
    page.getByRole('list', { name: 'Records of C_BPartner' }).getByRole('listitem'),
  ).not.toHaveCount(1)
  await page.getByLabel('Search').fill('HOUSE KEEP')
  await expect(page.getByRole('list', { name: 'Records of C_BPartner' }).getByRole('listitem')).toHaveCount(1)
  await page.getByRole('link', { name: sought.name }).click()
  await expect(page.getByRole('heading', { level: 1, name: sought.name })).toBeVisible()
  await expect(page.getByText('Nothing is filed here yet')).toBeVisible()

  await page.getByRole('navigation', { name: 'Path' }).getByRole('link', { name: 'C_BPartner' }).click()
  await page.getByRole('button', { name: 'New record' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Pilot boat')
  await page.getByRole('button', { name: 'Create the record' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Pilot boat' })).toBeVisible()
  expect(page.url()).toContain('/records/C_BPartner/')
})

test('images, PDF, text and sound are shown on the page', async ({ page, folder }) => {
  const samples = [
    await file(folder, 'buoy.png', PNG),
    await file(folder, 'chart.pdf', PDF),
    await file(folder, 'log.txt', 'calm sea\n'),
    await file(folder, 'horn.wav', wav(0.4)),
  ]
  await bring(page, 'Previews', samples)
  const shown = async (name: string) => {
    await page.getByRole('button', { name: `Preview ${name}` }).click()
    return page.getByRole('dialog', { name })
  }
  const close = () => page.keyboard.press('Escape')

  const image = (await shown('buoy.png')).getByRole('img', { name: 'buoy.png' })
  await expect.poll(() => image.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(8)
  await close()
  await expect((await shown('log.txt')).getByText('calm sea')).toBeVisible()
  await close()
  const sound = (await shown('horn.wav')).getByLabel('horn.wav')
  await expect.poll(() => sound.evaluate((audio: HTMLAudioElement) => audio.duration)).toBeCloseTo(0.4, 1)
  await close()
  const frame = (await shown('chart.pdf')).locator('iframe')
  await expect(frame).toBeVisible()
  const answer = await page.request.get(`${server.url}${await frame.getAttribute('src')}`)
  expect(answer.headers()).toMatchObject({ 'content-type': 'application/pdf' })
  expect(answer.headers()['content-disposition']).toContain('inline')
  expect(answer.headers()['x-frame-options'] ?? '').not.toBe('DENY')
})

const SCRIPT = 'document.title="taken";window.taken=true;fetch("/api/slipway/v1/me")'

test('what was uploaded never runs on our origin', async ({ page, context, folder }) => {
  const samples = [
    await file(folder, 'page.html', `<body onload='${SCRIPT}'><script>${SCRIPT}</script><p>wreck</p>`),
    await file(
      folder,
      'drawing.svg',
      `<svg xmlns="http://www.w3.org/2000/svg"><script>${SCRIPT}</script></svg>`,
    ),
    await file(folder, 'code.js', SCRIPT),
    await file(folder, 'disguise.png', `<html><script>${SCRIPT}</script></html>`),
  ]
  const record = await bring(page, 'Dangerous things', samples)
  const entries = await api.entries(record)
  expect(entries).toHaveLength(4)
  for (const { name, links } of entries)
    for (const query of ['', '?inline=1']) {
      const answer = await page.request.get(`${server.url}${links.content}${query}`)
      const headers = answer.headers()
      expect(headers['x-content-type-options'], name).toBe('nosniff')
      expect(headers['content-security-policy'], name).toMatch(
        /default-src 'none'.*sandbox|sandbox.*default-src 'none'/,
      )
      if (name !== 'disguise.png') expect(headers['content-disposition'], name).toMatch(/^attachment/)
      await opensHarmlessly(await context.newPage(), `${server.url}${links.content}${query}`)
    }
  await page.getByRole('button', { name: 'Preview page.html' }).click()
  await expect(page.getByRole('dialog').getByText('<p>wreck</p>')).toBeVisible()
  expect(await page.evaluate(() => 'taken' in window)).toBe(false)
  expect(await page.title()).not.toBe('taken')
})

/** Opens an address as a page of its own: it is downloaded, or shown without its scripts being run. */
async function opensHarmlessly(page: Page, address: string): Promise<void> {
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(address).catch((error: Error) => {
    if (!/Download is starting|ERR_ABORTED/.test(error.message)) throw error
  })
  await page.waitForTimeout(300)
  expect(await page.title(), address).not.toBe('taken')
  expect(await page.evaluate(() => 'taken' in window), address).toBe(false)
  expect(
    asked.filter((url) => url.endsWith('/me')),
    address,
  ).toEqual([])
  await page.close()
}

test('a file is downloaded, copied to another record, and removed', async ({ page, folder }) => {
  const sample = await file(folder, 'oar.txt', 'an oar\n')
  const record = await bring(page, 'Boathouse', [sample])
  const other = await api.newRecord('Shed')
  expect(await digestOfDownload(page, page.getByRole('link', { name: 'Download oar.txt' }))).toBe(
    sample.sha256,
  )

  await page.getByRole('button', { name: 'More for oar.txt' }).click()
  await page.getByRole('menuitem', { name: 'Copy to a record' }).click()
  const dialog = page.getByRole('dialog', { name: 'Copy to a record' })
  await dialog.getByRole('combobox', { name: 'Table' }).click()
  await page.getByRole('option', { name: 'C_Order' }).click()
  await dialog.getByRole('combobox', { name: 'Record' }).fill('shed')
  await page.getByRole('option', { name: other.name }).click()
  await dialog.getByRole('button', { name: 'Copy here' }).click()
  await expect(dialog).toBeHidden()

  await page.getByRole('button', { name: 'More for oar.txt' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Remove the file' }).click()
  await expect(entry(page, sample.name)).toBeHidden()
  expect(await api.entries(record)).toEqual([])
  const [copy] = await api.entries(other)
  expect(await api.digestOf(copy?.links.content ?? ''), 'the copy is whole').toBe(sample.sha256)
})
