import { expect, FileServer, test } from './support/test.ts'

const server = new FileServer()

test('npm start serves the web app', async ({ page }) => {
  await page.goto(server.url)
  await expect(page.getByRole('heading', { name: 'Slipway' })).toBeVisible()
})
