import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '#testing/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.dispose())

const get = (path: string) => fetch(`${server.origin}${path}`)

test('the document describes every route of the own API', async () => {
  const document = await (await get('/openapi.json')).json()
  expect(document.openapi).toBe('3.1.0')
  const own = Object.entries(document.paths).filter(([path]) => path.startsWith('/api/slipway/v1/'))
  const routes = own.flatMap(([path, verbs]) =>
    Object.keys(verbs as object).map((verb) => `${verb.toUpperCase()} ${path}`),
  )
  expect(routes.toSorted()).toMatchSnapshot()
  const { schemas, ...components } = document.components
  const shapes = Object.fromEntries(Object.entries(schemas).filter(([name]) => !name.startsWith('IDempiere')))
  expect({
    ...document,
    components: { ...components, schemas: shapes },
    paths: Object.fromEntries(own),
    info: { ...document.info, version: '*' },
  }).toMatchSnapshot()
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
