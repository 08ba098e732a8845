import { dropFiles, openRecord, signIn, upload } from './support/app.ts'
import { file, MIB, randomFile } from './support/files.ts'
import { PNG } from './support/media.ts'
import { expect, FileServer, test } from './support/test.ts'

const server = new FileServer()
const { api } = server

test('every page comes with a strict Content-Security-Policy', async ({ request }) => {
  for (const path of ['/', '/sessions', '/records', '/records/C_Order', '/account', '/nowhere']) {
    const headers = (
      await request.get(`${server.url}${path}`, { headers: { accept: 'text/html' } })
    ).headers()
    const policy = new Map(
      (headers['content-security-policy'] ?? '').split(';').map((directive) => {
        const [name = '', ...values] = directive.trim().split(/\s+/)
        return [name, values]
      }),
    )
    const scripts = policy.get('script-src') ?? policy.get('default-src') ?? ['*']
    expect(scripts, path).toContain("'self'")
    for (const open of ["'unsafe-inline'", "'unsafe-eval'", '*', 'https:', 'http:', 'data:', 'blob:'])
      expect(scripts, path).not.toContain(open)
    expect(policy.get('object-src') ?? policy.get('default-src'), path).toEqual(["'none'"])
    expect(policy.get('base-uri'), path).toBeDefined()
    expect(policy.get('frame-ancestors'), path).toBeDefined()
    expect(headers['x-content-type-options'], path).toBe('nosniff')
  }
})

test('a whole upload breaks no policy and leaves the console clean', async ({ page, folder }) => {
  const troubles: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text())
  })
  page.on('pageerror', (error) => troubles.push(String(error)))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error(`violation of ${violatedDirective} by ${blockedURI}`)
    })
  })
  const big = await randomFile(folder, 'hull.bin', 20 * MIB)
  const picture = await file(folder, 'flag.png', PNG)
  const record = await api.newRecord('Hull')
  await signIn(page, server.url)
  await openRecord(page, server.url, record)
  await dropFiles(page, [big.path, picture.path])
  for (const { name } of [big, picture])
    await expect(upload(page, name)).toHaveAttribute('data-state', 'filed', { timeout: 30_000 })
  await page.getByRole('button', { name: 'Preview flag.png' }).click()
  await expect(
    page.getByRole('dialog', { name: 'flag.png' }).getByRole('img', { name: 'flag.png' }),
  ).toBeVisible()
  await page.keyboard.press('Escape')
  for (const place of ['Upload', 'Sessions', 'Records', 'Account']) {
    await page
      .getByRole('navigation', { name: 'Main', exact: true })
      .getByRole('link', { name: place })
      .click()
    await expect(page.getByRole('heading', { level: 1, name: place })).toBeVisible()
  }
  expect(troubles).toEqual([])
})
