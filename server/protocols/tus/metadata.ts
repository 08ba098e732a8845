import { invalid } from '#errors'
import type { Digests, Location } from '#sessions'
import { LOCATIONS } from '#sessions'

/** `Upload-Metadata` as sent, and what of it the core is told. */
export interface Metadata {
  /** null when there was none */
  readonly raw: string | null
  readonly fileName: string | null
  readonly contentType: string | null
  readonly declared: Digests
  readonly location: Location | undefined
  readonly target: { readonly table: string; readonly record: string } | null
}

/**
 * "The Upload-Metadata request and response header MUST consist of one or more comma-separated key-value pairs. The key
 * and value MUST be separated by a space. The key MUST NOT contain spaces and commas and MUST NOT be empty. The key
 * SHOULD be ASCII encoded and the value MUST be Base64 encoded. All keys MUST be unique." (Creation, Upload-Metadata)
 * @throws Refusal INVALID naming the key
 */
export function readMetadata(raw: string | undefined): Metadata {
  const pairs = parse(raw ?? '')
  const text = (...keys: string[]): string | undefined => {
    for (const key of keys) {
      const value = pairs.get(key)
      if (value !== undefined) return decode(key, value)
    }
    return undefined
  }
  return {
    raw: raw === undefined || raw.trim() === '' ? null : raw,
    fileName: text('filename', 'name') || null,
    contentType: contentType(text('filetype', 'type')),
    declared: digest(text('sha256')),
    location: location(text('location')),
    target: target(text('table'), text('record')),
  }
}

function parse(raw: string): Map<string, string> {
  const pairs = new Map<string, string>()
  if (raw.trim() === '') return pairs
  for (const pair of raw.split(',')) {
    const [key = '', value = '', ...more] = pair.trim().split(' ')
    if (!/^[\x21-\x7e]+$/.test(key))
      throw invalid('Upload-Metadata', 'has a key that is empty or not plain ASCII')
    if (pairs.has(key)) throw invalid('Upload-Metadata', `has the key ${key} twice`)
    if (more.length > 0 || value.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
      throw invalid('Upload-Metadata', `has a value for ${key} that is not Base64`)
    }
    pairs.set(key, value)
  }
  return pairs
}

function decode(key: string, value: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'base64'))
  } catch {
    throw invalid(key, 'is not UTF-8 text')
  }
}

/** Browsers send an empty type for files they do not know. */
function contentType(value: string | undefined): string | null {
  if (value === undefined || value === '') return null
  if (/^[\w!#$&^.+-]+\/[\w!#$&^.+*-]+( *;[\x20-\x7e]*)?$/.test(value) && value.length <= 255) return value
  throw invalid('filetype', 'must be a media type such as image/png')
}

function digest(value: string | undefined): Digests {
  if (value === undefined) return {}
  if (/^[0-9a-f]{64}$/i.test(value)) return { sha256: value }
  throw invalid('sha256', 'must be 64 hexadecimal digits')
}

function location(value: string | undefined): Location | undefined {
  if (value === undefined) return undefined
  const known = LOCATIONS.find((name) => name === value)
  if (known !== undefined) return known
  throw invalid('location', `must be one of ${LOCATIONS.join(', ')}, in capitals`)
}

function target(table: string | undefined, record: string | undefined): Metadata['target'] {
  if (table === undefined && record === undefined) return null
  if (!table) throw invalid('table', 'must be given together with record')
  if (!record) throw invalid('record', 'must be given together with table')
  return { table, record }
}
