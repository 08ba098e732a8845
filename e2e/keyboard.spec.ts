import type { Page } from '@playwright/test'
import { ADMIN } from './support/api.ts'
import { upload } from './support/app.ts'
import { MIB, randomFile } from './support/files.ts'
import { expect, FileServer, test } from './support/test.ts'

const server = new FileServer()
const { api } = server
const STOPS = 60

/** Presses Tab until the element of that role and name has the focus; it must be seen on every stop. */
async function tabTo(page: Page, role: 'link' | 'button', name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true }).and(page.locator(':focus'))
  for (let stop = 0; stop < STOPS; stop += 1) {
    await page.keyboard.press('Tab')
    await expectVisibleFocus(page)
    if ((await wanted.count()) > 0) return
  }
  throw new Error(`Tab does not lead to the ${role} ${name}`)
}

async function expectVisibleFocus(page: Page): Promise<void> {
  const seen = await page.evaluate(() => {
    const at = document.activeElement
    if (!at || at === document.body) return 'the browser itself'
    const hasRing = (element: Element) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      const { width, height } = element.getBoundingClientRect()
      const ring = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
      return ring && width > 0 && height > 0
    }
    // A hidden radio button is drawn as its label.
    const labels = at instanceof HTMLInputElement && at.type === 'radio' ? [...(at.labels ?? [])] : []
    return [at, ...labels].some(hasRing) ? 'seen' : `not seen: ${at.outerHTML.slice(0, 200)}`
  })
  expect(seen).not.toContain('not seen')
}

/** Collects what is said to people who cannot see the page. */
async function listen(page: Page): Promise<string[]> {
  const said: string[] = []
  await page.exposeFunction('said', (text: string) => said.push(text))
  await page.addInitScript(() => {
    const { said: tell } = window as unknown as { said: (text: string) => void }
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const region = (target instanceof Element ? target : target.parentElement)?.closest('[aria-live]')
        if (region?.textContent) tell(region.textContent)
      }
    }).observe(document, { subtree: true, childList: true, characterData: true })
  })
  return said
}

test('from the sign-in to a filed record without a mouse', async ({ page, folder, wire }) => {
  const slow = await wire(server.url)
  slow.rate = 2 * MIB
  const sample = await randomFile(folder, 'knots.bin', 12 * MIB)
  const record = await api.newRecord('Knots', 'C_Invoice')
  const said = await listen(page)
  page.on('filechooser', (chooser) => chooser.setFiles(sample.path))
  await page.goto(slow.url)
  await expect(page.getByLabel('User name')).toBeFocused()
  await page.keyboard.type(ADMIN.userName)
  await page.keyboard.press('Tab')
  await page.keyboard.type(ADMIN.password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Upload' })).toBeVisible()

  await tabTo(page, 'link', 'Records')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Records' })).toBeFocused()
  await tabTo(page, 'link', /C_Invoice/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'C_Invoice' })).toBeFocused()
  await tabTo(page, 'link', /Knots/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Knots' })).toBeFocused()
  await tabTo(page, 'button', 'Browse files')
  await page.keyboard.press('Enter')

  const row = upload(page, sample.name)
  await expect(row).toHaveAttribute('data-state', 'uploading')
  await tabTo(page, 'button', `Pause: ${sample.name}`)
  await page.keyboard.press('Enter')
  await expect(row).toHaveAttribute('data-state', 'paused')
  await expect(page.getByRole('button', { name: `Resume: ${sample.name}` })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(row).toHaveAttribute('data-state', 'filed', { timeout: 30_000 })
  await tabTo(page, 'link', `Download ${sample.name}`)
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
  expect(download.suggestedFilename()).toBe(sample.name)
  const [entry] = await api.entries(record)
  expect(entry?.sha256).toBe(sample.sha256)

  for (const words of [
    'Records',
    'Uploading 1 file',
    'Paused: knots.bin',
    'Resumed: knots.bin',
    'Filed: knots.bin',
  ])
    expect.soft(said.map((text) => text.trim())).toContain(words)
})

test('a dialog keeps the focus, Escape closes it and gives the focus back', async ({ page }) => {
  await page.request.post(`${server.url}/api/slipway/v1/sign-in`, { data: ADMIN })
  await page.goto(`${server.url}/records/C_Order`)
  await expect(page.getByRole('heading', { level: 1, name: 'C_Order' })).toBeVisible()
  await tabTo(page, 'button', 'New record')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog').getByLabel('Name')).toBeFocused()
  for (let stop = 0; stop < 5; stop += 1) {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null)).toBe(true)
  }
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByRole('button', { name: 'New record' })).toBeFocused()
})
