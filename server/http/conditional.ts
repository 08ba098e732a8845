import type { IncomingMessage } from 'node:http'
import { header } from './exchange.ts'

/** What a representation is compared by. `etag` with its quotes, strong; `modified` in milliseconds since 1970. */
export interface Validators {
  readonly etag: string
  readonly modified: number | null
}

/**
 * Preconditions of a GET or HEAD in the order of RFC 9110, 13.2.2: the status to answer with instead of the content,
 * or null.
 */
export function precondition(req: IncomingMessage, validators: Validators): 304 | 412 | null {
  const { etag, modified } = validators
  const match = header(req, 'if-match')
  if (match !== undefined && !listed(match, etag, true)) return 412
  const unmodified = header(req, 'if-unmodified-since')
  if (match === undefined && unmodified !== undefined && later(modified, unmodified)) return 412
  const none = header(req, 'if-none-match')
  if (none !== undefined) return listed(none, etag, false) ? 304 : null
  const since = header(req, 'if-modified-since')
  if (since === undefined || Number.isNaN(Date.parse(since))) return null
  return modified !== null && !later(modified, since) ? 304 : null
}

/** Whether a `Range` counts: `If-Range` is absent, or names exactly this state (RFC 9110, 13.1.5). */
export function rangeCounts(req: IncomingMessage, { etag, modified }: Validators): boolean {
  const condition = header(req, 'if-range')
  if (condition === undefined) return true
  if (condition.includes('"')) return condition === etag
  return modified !== null && Date.parse(condition) === seconds(modified) * 1000
}

function listed(field: string, etag: string, strong: boolean): boolean {
  if (field.trim() === '*') return true
  const tags = field.match(/(?:W\/)?"[^"]*"/g) ?? []
  return tags.some((tag) => (strong ? tag : tag.replace(/^W\//, '')) === etag)
}

const seconds = (ms: number): number => Math.floor(ms / 1000)
const later = (modified: number | null, date: string): boolean =>
  modified !== null && seconds(modified) * 1000 > Date.parse(date)
