import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import proxyaddr from 'proxy-addr'
import { header } from './exchange.ts'

export type Trust = (address: string, hop: number) => boolean

/** Whose forwarded headers count. `true` trusts every proxy, `false` none. */
export function compileTrust(given: boolean | readonly string[]): Trust {
  if (typeof given === 'boolean') return () => given
  return proxyaddr.compile([...given])
}

/** The address of the client, seen through the proxies that are trusted. */
export function addressOf(req: IncomingMessage, trust: Trust): string {
  const hops = [...(header(req, 'forwarded') ?? '').matchAll(HOP)].map(([, quoted, plain]) => quoted ?? plain)
  if (hops.length === 0) return proxyaddr(req, trust)
  // Its "for" values are what proxies write into X-Forwarded-For otherwise (RFC 7239, 7.4).
  const headers = { 'x-forwarded-for': hops.map((hop = '') => withoutPort(hop)).join(', ') }
  return proxyaddr(Object.create(req, { headers: { value: headers } }), trust)
}

/** One `for=` of a `Forwarded` header (RFC 7239, 4), quoted or not. */
const HOP = /(?:^|[;,])\s*for=(?:"([^"]*)"|([^;,\s]*))/gi

/** RFC 7239, 6: "an IPv6 address is always enclosed in square brackets", and a port may follow. */
const withoutPort = (node: string): string => node.replace(/^\[([^\]]*)\](?::.*)?$|^([^:]*):.*$/, '$1$2')

/**
 * Scheme and authority that the client used: `Forwarded` (RFC 7239) or `X-Forwarded-*` from a trusted proxy, else the
 * request's own `Host` (or HTTP/2 `:authority`).
 */
export function originOf(req: IncomingMessage, trust: Trust, publicURL: string | null): string {
  if (publicURL !== null) return publicURL
  const own = {
    proto: (req.socket as TLSSocket).encrypted === true ? 'https' : 'http',
    host: header(req, ':authority') ?? header(req, 'host') ?? 'localhost',
  }
  const through = trust(req.socket.remoteAddress ?? '', 0) ? forwarded(req) : {}
  const proto = through.proto === 'https' || through.proto === 'http' ? through.proto : own.proto
  return `${proto}://${safeHost(through.host) ?? safeHost(own.host) ?? 'localhost'}`
}

function forwarded(req: IncomingMessage): { proto?: string | undefined; host?: string | undefined } {
  const standard = header(req, 'forwarded')?.split(',')[0]
  const pair = (name: string): string | undefined =>
    standard
      ?.match(new RegExp(`(?:^|;)\\s*${name}=(?:"([^"]*)"|([^;\\s]*))`, 'i'))
      ?.slice(1)
      .find(Boolean)
  return {
    proto: pair('proto') ?? header(req, 'x-forwarded-proto')?.split(',')[0]?.trim(),
    host: pair('host') ?? header(req, 'x-forwarded-host')?.split(',')[0]?.trim(),
  }
}

const safeHost = (host: string | undefined): string | undefined =>
  host !== undefined && /^[\w.[\]:-]+$/.test(host) ? host : undefined
