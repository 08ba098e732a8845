import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.dispose())

const get = (path: string) => fetch(`${server.origin}${path}`)

test('the document describes every route of the own API and nothing else', async () => {
  const document = await (await get('/openapi.json')).json()
  expect(document.openapi).toBe('3.1.0')
  const routes = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.keys(verbs as object).map((verb) => `${verb.toUpperCase()} ${path}`),
  )
  expect(routes.every((route) => route.includes(' /api/slipway/v1/'))).toBe(true)
  expect(routes.toSorted()).toMatchSnapshot()
  expect({ ...document, info: { ...document.info, version: '*' } }).toMatchSnapshot()
})

test('the pages run no script but our own files', async () => {
  const page = await get('/docs')
  const html = await page.text()
  expect(page.status).toBe(200)
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("script-src 'self';")
  expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  const scripts = [...html.matchAll(/<script([^>]*)>([^<]*)/g)]
  expect(scripts.length).toBeGreaterThan(0)
  for (const [, attributes, content] of scripts) {
    expect(content?.trim()).toBe('')
    const source = /src="([^"]+)"/.exec(attributes ?? '')?.[1] ?? ''
    expect((await get(new URL(source, `${server.origin}/docs`).pathname)).status).toBe(200)
  }
})
