import type { API } from './support/api.ts'
import { MIB, randomFile } from './support/files.ts'
import { type Site, startSite } from './support/site.ts'
import { expect, FileServer, test } from './support/test.ts'

const server = new FileServer()
const { api } = server
const CHUNK = MIB
/** What the plugin calls and jQuery 4 no longer has. */
const OLDER = `
jQuery.isArray = Array.isArray
jQuery.isFunction = (value) => typeof value === 'function'
jQuery.type = (value) => value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
`
let site: Site
test.beforeAll(async () => {
  site = await startSite(
    [
      'jquery/dist/jquery.js',
      'older.js',
      'blueimp-file-upload/js/vendor/jquery.ui.widget.js',
      'blueimp-file-upload/js/jquery.fileupload.js',
    ],
    { 'older.js': OLDER },
  )
})
test.afterAll(() => site.close())

interface Answer {
  success: boolean
  data: { bytes_uploaded?: number; file?: { viewUrl: string; pureContentLength: number } }
}
interface FileUpload {
  fileupload(options: Record<string, unknown>): FileUpload
  on(event: string, listener: (event: unknown, data: { result: Answer }) => void): FileUpload
}

async function createSession(outside: API, fileName: string, fileSize: number): Promise<string> {
  const mine = await outside.fetch('/api/2.0/files/@my')
  const { response } = (await mine.json()) as { response: { current: { id: number } } }
  const answer = await outside.fetch(`/api/2.0/files/${response.current.id}/upload/create_session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ fileName, fileSize }),
  })
  return ((await answer.json()) as { response: { data: { location: string } } }).response.data.location
}

test('the chunks of jQuery File Upload arrive from another origin', async ({ page, folder }) => {
  const sample = await randomFile(folder, 'minutes.bin', 5 * MIB + 321)
  const location = await createSession(api, sample.name, sample.size)
  await page.goto(site.url)
  await page.evaluate(
    ([url, maxChunkSize]) => {
      const input = document.createElement('input')
      input.type = 'file'
      input.name = 'files[]'
      document.body.append(input)
      const page = window as unknown as {
        $: (of: Element) => FileUpload
        answers: Answer[]
        failed: string[]
      }
      page.answers = []
      page.failed = []
      page
        .$(input)
        .fileupload({ url, maxChunkSize, dataType: 'json', replaceFileInput: false })
        .on('fileuploadchunkdone', (_, { result }) => page.answers.push(result))
        .on('fileuploaddone', (_, { result }) => page.answers.push(result))
        .on('fileuploadfail', () => page.failed.push('failed'))
    },
    [location, CHUNK] as const,
  )
  const statuses: number[] = []
  page.on('response', (response) => {
    if (response.request().method() === 'POST') statuses.push(response.status())
  })
  await page.locator('input').setInputFiles(sample.path)
  const answers = () => page.evaluate(() => (window as unknown as { answers: Answer[] }).answers)
  await expect.poll(async () => (await answers()).at(-1)?.data.file !== undefined).toBe(true)
  expect(await page.evaluate(() => (window as unknown as { failed: string[] }).failed)).toEqual([])
  expect(statuses).toEqual([200, 200, 200, 200, 200, 201])
  const stored = (await answers()).flatMap(({ data }) => data.bytes_uploaded ?? [])
  expect(stored).toEqual([1, 2, 3, 4, 5].map((chunks) => chunks * CHUNK))

  const { file } = (await answers()).at(-1)?.data ?? {}
  expect(file?.pureContentLength).toBe(sample.size)
  expect(await api.digestOf(file?.viewUrl ?? '')).toBe(sample.sha256)
  expect(await api.sessionOf(sample.name)).toMatchObject({ protocol: 'onlyoffice', status: 'COMPLETED' })
})
