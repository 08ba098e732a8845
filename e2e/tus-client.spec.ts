import type { Page } from '@playwright/test'
import { ADMIN } from './support/api.ts'
import { MIB, randomFile } from './support/files.ts'
import { type Site, startSite } from './support/site.ts'
import { expect, FileServer, test } from './support/test.ts'

const server = new FileServer()
const { api } = server
let site: Site
test.beforeAll(async () => {
  site = await startSite(['tus-js-client/dist/tus.js'])
})
test.afterAll(() => site.close())

interface Uploading {
  start(): void
}
interface TusModule {
  Upload: new (file: File, options: Record<string, unknown>) => Uploading
}

/** The stock client in a page of another origin; resolves when the upload has succeeded or failed. */
async function send(page: Page, path: string, options: Record<string, unknown>): Promise<string> {
  await page.goto(site.url)
  await page.evaluate(() => {
    const input = document.createElement('input')
    input.type = 'file'
    document.body.append(input)
  })
  await page.locator('input').setInputFiles(path)
  return page.evaluate(async (given) => {
    const { tus } = window as unknown as { tus: TusModule }
    const file = document.querySelector('input')?.files?.[0] as File
    return new Promise<string>((resolve) => {
      const upload = new tus.Upload(file, {
        ...given,
        metadata: { filename: file.name },
        onSuccess: () => resolve('done'),
        onError: (error: Error) => resolve(String(error)),
      })
      upload.start()
    })
  }, options)
}

const credentials = { Authorization: `Basic ${btoa(`${ADMIN.userName}:${ADMIN.password}`)}` }

test('parallel parts from another origin survive a cut connection', async ({ page, folder, wire }) => {
  const flaky = await wire(server.url)
  flaky.rate = 12 * MIB
  flaky.cutAfter = 10 * MIB
  const sample = await randomFile(folder, 'convoy.bin', 30 * MIB)
  const outcome = await send(page, sample.path, {
    endpoint: `${flaky.url}/files`,
    headers: credentials,
    parallelUploads: 3,
    retryDelays: [200, 500, 1000, 2000],
  })
  expect(flaky.broken, 'connections cut').toBe(1)
  expect(outcome).toBe('done')
  const session = await api.sessionOf(sample.name)
  expect(session).toMatchObject({ status: 'COMPLETED', size: sample.size, sha256: sample.sha256 })
  expect(await api.digestOf(`/api/slipway/v1/sessions/${session.id}/file`)).toBe(sample.sha256)
})

test('a page of another origin can read why it was refused', async ({ page, folder }) => {
  const sample = await randomFile(folder, 'stowaway.bin', 1000)
  const outcome = await send(page, sample.path, { endpoint: `${server.url}/files`, retryDelays: [] })
  expect(outcome).toContain('response code: 401')
  expect(await api.sessions(sample.name)).toEqual([])
})
