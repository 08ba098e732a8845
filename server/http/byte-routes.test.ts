import { expect, test } from 'vitest'
import { ByteRoutes } from './byte-routes.ts'
import type { Handler } from './exchange.ts'

const handler = (): Handler => () => Promise.resolve(null)

test('a claim goes before a pattern, a pattern before a match', () => {
  const [claimed, fixed, matched] = [handler(), handler(), handler()]
  const routes = new ByteRoutes()
  routes.match((_, path) => (path.startsWith('/a') ? matched : null))
  routes.on('GET', '/a/:id', fixed)
  routes.claim((_, path) => (path.endsWith('.ashx') ? claimed : null))
  expect(routes.find('GET', '/a/x.ashx')?.handler).toBe(claimed)
  expect(routes.find('GET', '/a/x%2Fy')).toMatchObject({ handler: fixed, params: { id: 'x/y' } })
  expect(routes.find('PUT', '/a/x')?.handler).toBe(matched)
  expect(routes.find('GET', '/b')).toBeNull()
})
