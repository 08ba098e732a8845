import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { App } from './app.tsx'

test('the page names the product', () => {
  expect(renderToStaticMarkup(<App />)).toContain('<h1>Slipway</h1>')
})
