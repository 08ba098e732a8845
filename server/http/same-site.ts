import type { IncomingMessage } from 'node:http'
import { Refusal } from '#errors'
import { header } from './exchange.ts'
import { originOf, type Trust } from './origin.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses requests that change something and that a page of another site made a browser send. Programs send neither
 * `Sec-Fetch-Site` nor `Origin`; browsers send one of them with every such request.
 * @throws Refusal FORBIDDEN (`what` is `cross-site`)
 */
export function assertSameSite(
  req: IncomingMessage,
  options: { readonly trust: Trust; readonly publicURL: string | null },
): void {
  if (SAFE.has(req.method ?? '')) return
  const site = header(req, 'sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return
  const origin = header(req, 'origin')
  if (site === undefined && (origin === undefined || isOurs(req, origin, options))) return
  throw new Refusal('FORBIDDEN', 'a page of another site may not do this with your browser', {
    what: 'cross-site',
  })
}

/** By authority alone: a proxy in front may speak another scheme than we do. */
function isOurs(
  req: IncomingMessage,
  origin: string,
  { trust, publicURL }: { readonly trust: Trust; readonly publicURL: string | null },
): boolean {
  if (!URL.canParse(origin)) return false
  const { host } = new URL(origin)
  return [publicURL, originOf(req, trust, null)].some((own) => own !== null && new URL(own).host === host)
}
