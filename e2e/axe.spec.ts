import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { ADMIN } from './support/api.ts'
import { dropFiles, openRecord, press, signIn, upload } from './support/app.ts'
import { file, MIB, randomFile } from './support/files.ts'
import { PNG } from './support/media.ts'
import { expect, FileServer, test } from './support/test.ts'

const LARGEST = 40 * MIB
const server = new FileServer({ SLIPWAY_MAX_SIZE: String(LARGEST) })
const { api } = server
const WIDE = { width: 1400, height: 900 }
const NARROW = { width: 360, height: 740 }
/** A folder for a picture of every state, when somebody wants to look at them. */
const PICTURES = process.env.SLIPWAY_E2E_PICTURES

test.use({ reducedMotion: 'reduce' })

const LOOKS = [
  { colorScheme: 'light', size: WIDE },
  { colorScheme: 'dark', size: WIDE },
  { colorScheme: 'light', size: NARROW },
  // The colours were tried wide and the layout light: this one is for those who look at pictures.
  ...(PICTURES ? [{ colorScheme: 'dark', size: NARROW } as const] : []),
] as const

/** Holds one state of the page against the rules, light and dark, wide and narrow. */
async function look(page: Page, state: string): Promise<void> {
  for (const { colorScheme, size } of LOOKS) {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.waitForTimeout(350)
    const at = `${state}, ${colorScheme}, ${size.width} px`
    if (PICTURES) await picture(page, PICTURES, at)
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    const found = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
    expect.soft(found, at).toEqual([])
    const { scrollWidth, clientWidth } = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      return { scrollWidth, clientWidth }
    })
    expect.soft(scrollWidth, `${at}: wider than the window`).toBeLessThanOrEqual(clientWidth)
  }
  await page.setViewportSize(WIDE)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}

async function picture(page: Page, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name.replaceAll(/[^a-z0-9]+/g, '-')}.png`), fullPage: true })
}

test('sign-in', async ({ page }) => {
  await page.goto(server.url)
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
  await look(page, 'sign-in')
  await page.getByLabel('User name').fill(ADMIN.userName)
  await page.getByLabel('Password', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await look(page, 'sign-in refused')
})

test('the upload page, from empty to done', async ({ page, context, folder, wire }) => {
  test.setTimeout(240_000)
  const slow = await wire(server.url)
  await signIn(page, slow.url)
  await page.goto(slow.url)
  await expect(page.getByText('Drop files or folders anywhere on this page').first()).toBeVisible()
  await look(page, 'upload empty')

  const samples = [
    await randomFile(
      folder,
      'a rather long name of a file that was scanned on a rainy day in March.bin',
      12 * MIB,
    ),
    await randomFile(folder, 'short.bin', MIB / 2),
    await file(folder, 'picture.png', PNG),
  ]
  await dropFiles(
    page,
    samples.map(({ path }) => path),
  )
  await expect(page.getByRole('button', { name: 'Upload 3 files' })).toBeVisible()
  await look(page, 'files waiting')

  slow.rate = MIB / 4
  const long = upload(page, samples[0]?.name ?? '')
  await page.getByRole('button', { name: 'Upload 3 files' }).click()
  await expect(long).toHaveAttribute('data-state', 'uploading')
  await look(page, 'uploading')
  await context.setOffline(true)
  await expect(long).toHaveAttribute('data-state', 'offline')
  await look(page, 'offline')
  await context.setOffline(false)
  slow.refuse = true
  await expect(long).toHaveAttribute('data-state', 'server away')
  await look(page, 'server away')
  slow.refuse = false
  await expect(long).toHaveAttribute('data-state', 'uploading')
  await expect(page.getByText('could not be loaded'), 'no trouble stays that is over').toHaveCount(0)
  await press(page, 'Pause', samples[0]?.name ?? '')
  await look(page, 'paused')
  await press(page, 'Cancel upload', samples[0]?.name ?? '')
  await expect(page.getByRole('dialog', { name: 'Cancel this upload?' })).toBeVisible()
  await look(page, 'question')
  await page.getByRole('button', { name: 'Keep uploading' }).click()

  const large = await randomFile(folder, 'too large.bin', LARGEST + 1)
  await dropFiles(page, [large.path])
  await page.getByRole('button', { name: 'Upload 1 file' }).click()
  await expect(upload(page, large.name)).toHaveAttribute('data-state', 'failed')
  await look(page, 'failed')
  slow.rate = Number.POSITIVE_INFINITY
  await press(page, 'Resume', samples[0]?.name ?? '')
  await expect(long).toHaveAttribute('data-state', 'stored')
  await look(page, 'done')
})

test('records, sessions and the account', async ({ page, folder }) => {
  test.setTimeout(240_000)
  const record = await api.newRecord('A record with a name as long as names of records sometimes are')
  const samples = [await file(folder, 'flag.png', PNG), await file(folder, 'words.txt', 'words\n'.repeat(50))]
  await signIn(page, server.url)
  await openRecord(page, server.url, record)
  await look(page, 'record empty')
  await dropFiles(
    page,
    samples.map(({ path }) => path),
  )
  for (const { name } of samples) await expect(upload(page, name)).toHaveAttribute('data-state', 'filed')
  await expect(page.getByRole('button', { name: 'Preview words.txt' })).toBeVisible()
  await look(page, 'record')
  for (const name of ['flag.png', 'words.txt']) {
    await page.getByRole('button', { name: `Preview ${name}` }).click()
    await expect(page.getByRole('dialog', { name })).toBeVisible()
    await look(page, `preview of ${name}`)
    await page.keyboard.press('Escape')
  }
  await page.getByRole('button', { name: 'More for flag.png' }).click()
  await page.getByRole('menuitem', { name: 'Copy to a record' }).click()
  await expect(page.getByRole('dialog', { name: 'Copy to a record' })).toBeVisible()
  await look(page, 'copy')

  await page.goto(`${server.url}/sessions`)
  await expect(page.getByRole('row').nth(1)).toBeVisible()
  await look(page, 'sessions')
  await page.getByRole('button', { name: 'Details of flag.png' }).click()
  await expect(page.getByRole('dialog', { name: 'Upload details' }).getByText('Verified')).toBeVisible()
  await look(page, 'session drawer')
  for (const [path, heading] of [
    ['/records', 'Records'],
    ['/records/C_Order', 'C_Order'],
    ['/account', 'Account'],
    ['/nowhere', /./],
  ] as const) {
    await page.goto(`${server.url}${path}`)
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
    await look(page, `page ${path.slice(1)}`)
  }
})
