import type { Answer, Exchange } from '#http'

interface Advertises {
  options(exchange: Exchange): Promise<Readonly<Record<string, string>>>
}

/** What both protocols can do here, in one answer. A preflight brings no credential and needs none. */
export async function preflight(exchange: Exchange, protocols: readonly Advertises[]): Promise<Answer> {
  const headers = await Promise.all(protocols.map((protocol) => protocol.options(exchange)))
  return { status: 204, headers: Object.assign({}, ...headers) as Record<string, string> }
}
