import type { Download, Locator, Page } from '@playwright/test'
import { ADMIN, type BusinessRecord } from './api.ts'
import { sha256OfFile } from './files.ts'

/** Signs the page's browser in without showing the sign-in page. */
export async function signIn(page: Page, origin: string, user = ADMIN): Promise<void> {
  const answer = await page.request.post(`${origin}/api/slipway/v1/sign-in`, { data: user })
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`)
}

export async function openRecord(page: Page, origin: string, record: BusinessRecord): Promise<void> {
  await page.goto(`${origin}/records/${record.table}/${record.uid}`)
  await page.getByRole('heading', { level: 1, name: record.name }).waitFor()
}

/** Drags files or folders of this machine's disk over the middle of the page and drops them there. */
export async function dropFiles(page: Page, files: string[]): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 1280, height: 720 }
  const cdp = await page.context().newCDPSession(page)
  const data = { items: [], files, dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await cdp.send('Input.dispatchDragEvent', { type, x: width / 2, y: height / 2, data })
  await cdp.detach()
}

/** The line of one file in the list of uploads. */
export function upload(page: Page, name: string): Locator {
  return page.locator(`[data-upload="${name}"]`)
}

/** Presses a button of that line, "Pause" for example. */
export async function press(page: Page, action: string, name: string): Promise<void> {
  await page.getByRole('button', { name: `${action}: ${name}`, exact: true }).click()
}

/** SHA-256 of what comes down when something is clicked. */
export async function digestOfDownload(page: Page, link: Locator): Promise<string> {
  return sha256OfFile(await (await download(page, link)).path())
}

export async function download(page: Page, link: Locator): Promise<Download> {
  const [arrived] = await Promise.all([page.waitForEvent('download'), link.click()])
  return arrived
}
