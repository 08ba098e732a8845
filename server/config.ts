import { availableParallelism } from 'node:os'
import proxyaddr from 'proxy-addr'
import { z } from 'zod'

export const STRICT = ['idempiere', 'nuxeo', 'onlyoffice', 'kore', 'tus', 'ietf'] as const
export type Strict = (typeof STRICT)[number]

interface Setting {
  readonly fallback: string
  readonly meaning: string
}

/** Every setting, its default as text and what it means: the source of `--help`. */
export const SETTINGS = {
  HOST: { fallback: '127.0.0.1', meaning: 'address to listen on' },
  PORT: { fallback: '1080', meaning: 'port to listen on; 0 picks a free one and prints it' },
  SLIPWAY_DATA_DIR: { fallback: './data', meaning: 'database, stored files and secrets' },
  SLIPWAY_ADMIN_USER: { fallback: 'admin', meaning: 'name of the first administrator' },
  SLIPWAY_ADMIN_PASSWORD: {
    fallback: '',
    meaning: 'their password; without one a one-time sign-in link is printed',
  },
  SLIPWAY_API_KEY: { fallback: '', meaning: 'an API key for that administrator' },
  SLIPWAY_PUBLIC_URL: {
    fallback: '',
    meaning: 'origin used in every absolute URL; default: from the request',
  },
  SLIPWAY_TRUST_PROXY: {
    fallback: 'false',
    meaning: 'whose forwarded headers count: false, true, or addresses and networks, comma-separated',
  },
  SLIPWAY_MAX_SIZE: { fallback: '1099511627776', meaning: 'largest file, bytes' },
  SLIPWAY_SESSION_TTL: {
    fallback: '',
    meaning:
      "life of unfinished uploads since their last activity (90s, 24h, 3d); default: each protocol's own",
  },
  SLIPWAY_KORE_EXTENSIONS: {
    fallback: '',
    meaning: 'further file extensions Kore uploads may have, comma-separated',
  },
  SLIPWAY_KORE_URL_TTL: { fallback: '7d', meaning: 'life of Kore media links' },
  SLIPWAY_HASH_WORKERS: {
    fallback: availableParallelism() > 1 ? '1' : '0',
    meaning: 'threads that digest large files; 0 digests where the bytes arrive',
  },
  SLIPWAY_STRICT: {
    fallback: '',
    meaning: `answer exactly as the original does: comma list of ${STRICT.join(', ')}`,
  },
  SLIPWAY_SAMPLE: { fallback: 'true', meaning: 'a fresh database gets a few sample records' },
  LOG_LEVEL: { fallback: 'info', meaning: 'trace, debug, info, warn, error, fatal or silent' },
} as const satisfies Record<string, Setting>

export interface Config {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly admin: { readonly user: string; readonly password: string | null; readonly apiKey: string | null }
  /** origin without a trailing slash; null: from the request */
  readonly publicURL: string | null
  /** what `proxy-addr` compiles; true trusts every proxy */
  readonly trustProxy: boolean | readonly string[]
  /** bytes */
  readonly maxSize: number
  /** ms; null: each protocol's own */
  readonly sessionTTL: number | null
  readonly kore: { readonly extensions: readonly string[] /** ms */; readonly urlTTL: number }
  readonly hashWorkers: number
  readonly strict: ReadonlySet<Strict>
  readonly sample: boolean
  readonly logLevel: string
}

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Days a duration may have: further on, dates end. */
const LONGEST = 36_500
const DURATION = `a number and a unit, such as 90s, 30m, 24h or 3d, at most ${LONGEST}d`
const duration = z
  .string()
  .regex(/^[1-9]\d{0,9}[smhd]$/, DURATION)
  .transform((text) => Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 0))
  .pipe(z.number().max(LONGEST * 86_400_000, DURATION))
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
)
const whole = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d+$/, `a whole number from ${low} to ${high}`)
    .transform(Number)
    .pipe(
      z
        .number()
        .min(low, `a whole number from ${low} to ${high}`)
        .max(high, `a whole number from ${low} to ${high}`),
    )
const flag = z.enum(['true', 'false'], 'true or false').transform((text) => text === 'true')
const ORIGIN = 'an origin such as https://files.example.org, without a path'
const origin = z
  .string()
  .refine(isOrigin, ORIGIN)
  .transform((text) => new URL(text).origin)
const PROXIES =
  'false, true, or addresses and networks such as 127.0.0.1, 10.0.0.0/8 or loopback, comma-separated'

function isOrigin(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { origin, href } = new URL(text)
  return href === `${origin}/`
}

function areProxies(given: readonly string[]): boolean {
  const trust = trusted(given)
  if (typeof trust === 'boolean') return true
  try {
    proxyaddr.compile([...trust])
    return true
  } catch {
    return false
  }
}

const READERS = {
  HOST: z.string().min(1),
  PORT: whole(0, 65_535),
  SLIPWAY_DATA_DIR: z.string().min(1),
  SLIPWAY_ADMIN_USER: z.string().min(1, 'a user name'),
  SLIPWAY_ADMIN_PASSWORD: z.string(),
  SLIPWAY_API_KEY: z.string(),
  SLIPWAY_PUBLIC_URL: z.union([z.literal(''), origin], ORIGIN),
  SLIPWAY_TRUST_PROXY: list.refine(areProxies, PROXIES).transform(trusted),
  SLIPWAY_MAX_SIZE: whole(1, Number.MAX_SAFE_INTEGER),
  SLIPWAY_SESSION_TTL: z.union([z.literal(''), duration], DURATION),
  SLIPWAY_KORE_EXTENSIONS: list,
  SLIPWAY_KORE_URL_TTL: duration,
  SLIPWAY_HASH_WORKERS: whole(0, 64),
  SLIPWAY_STRICT: list.pipe(z.array(z.enum(STRICT, `a comma list of ${STRICT.join(', ')}`))),
  SLIPWAY_SAMPLE: flag,
  LOG_LEVEL: z.enum(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'trace, debug, info, warn, error, fatal or silent',
  ),
} satisfies Record<keyof typeof SETTINGS, z.ZodType>

/** Settings of installations on many nodes, which this version does not have: refused rather than ignored. */
const ABSENT = ['DATABASE_URL', 'S3_BUCKET']

/** A setting that cannot be used; the message names the variable, what was given and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads all settings, once.
 * @throws ConfigError naming every wrong variable
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const wrong: string[] = ABSENT.filter((name) => environment[name]).map(
    (name) => `${name}: this version runs on one node with SQLite and local files only; leave it unset`,
  )
  const read = <Name extends keyof typeof READERS>(name: Name): z.output<(typeof READERS)[Name]> => {
    const given =
      environment[name] === undefined || environment[name] === ''
        ? SETTINGS[name].fallback
        : environment[name]
    const result = READERS[name].safeParse(given)
    if (result.success) return result.data as z.output<(typeof READERS)[Name]>
    const shown = /PASSWORD|KEY$/.test(name) ? 'the given value' : `"${given}"`
    wrong.push(
      `${name}: ${shown} is not allowed; expected ${result.error.issues[0]?.message ?? 'another value'}`,
    )
    return undefined as z.output<(typeof READERS)[Name]>
  }
  const config: Config = {
    host: read('HOST'),
    port: read('PORT'),
    dataDir: read('SLIPWAY_DATA_DIR'),
    admin: {
      user: read('SLIPWAY_ADMIN_USER'),
      password: read('SLIPWAY_ADMIN_PASSWORD') || null,
      apiKey: read('SLIPWAY_API_KEY') || null,
    },
    publicURL: read('SLIPWAY_PUBLIC_URL') || null,
    trustProxy: read('SLIPWAY_TRUST_PROXY'),
    maxSize: read('SLIPWAY_MAX_SIZE'),
    sessionTTL: read('SLIPWAY_SESSION_TTL') || null,
    kore: { extensions: read('SLIPWAY_KORE_EXTENSIONS'), urlTTL: read('SLIPWAY_KORE_URL_TTL') },
    hashWorkers: read('SLIPWAY_HASH_WORKERS'),
    strict: new Set(read('SLIPWAY_STRICT')),
    sample: read('SLIPWAY_SAMPLE'),
    logLevel: read('LOG_LEVEL'),
  }
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'))
  return Object.freeze(config)
}

function trusted(given: readonly string[]): boolean | readonly string[] {
  if (given.length === 1 && given[0] === 'true') return true
  if (given.length === 0 || (given.length === 1 && given[0] === 'false')) return false
  return given
}

/** The text of `--help`. */
export function help(): string {
  const rows = Object.entries(SETTINGS).map(
    ([name, { fallback, meaning }]) => `  ${name.padEnd(25)} ${meaning} (default: ${fallback || 'none'})`,
  )
  return `Slipway, one upload server for every client.\n\nUsage: npm start [-- --help]\n\nSettings (environment variables):\n${rows.join('\n')}\n`
}
