import { expect, test } from './support/test.ts'

test('npm start serves the web app', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Slipway' })).toBeVisible()
})
