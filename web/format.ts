const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** 0 B, 999 B, 1.5 KiB, 12.3 MiB, 640 MiB. */
export function bytes(count: number): string {
  if (!Number.isFinite(count) || count < 0) return '–'
  let unit = 0
  let value = count
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1
  return `${value.toFixed(digits)} ${UNITS[unit]}`
}

export function speed(bytesPerSecond: number): string {
  return `${bytes(bytesPerSecond)}/s`
}

/** 5 s, 2 min 30 s, 3 h 5 min, 2 d 4 h. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const parts: [number, string][] = [
    [Math.floor(whole / 86400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ]
  const first = parts.findIndex(([value]) => value > 0)
  if (first < 0) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ')
}

export function percent(part: number, whole: number): number {
  if (whole <= 0) return 100
  return Math.min(100, Math.max(0, (part / whole) * 100))
}

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
]

export function moment(iso: string | null | undefined): string {
  const time = iso ? new Date(iso) : null
  return time && !Number.isNaN(time.getTime()) ? WHEN.format(time) : '–'
}

/** "5 minutes ago", "in 2 hours"; beyond a week the date itself. */
export function relative(iso: string | null | undefined, now = Date.now()): string {
  const time = iso ? Date.parse(iso) : Number.NaN
  if (Number.isNaN(time)) return '–'
  const seconds = Math.round((time - now) / 1000)
  if (Math.abs(seconds) > 7 * 86400) return moment(iso)
  for (const [unit, length] of STEPS)
    if (Math.abs(seconds) >= length) return AGO.format(Math.trunc(seconds / length), unit)
  return Math.abs(seconds) < 10 ? 'just now' : AGO.format(seconds, 'second')
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString()} ${value === 1 ? one : many}`
}

/** A digest short enough for a line; the whole of it belongs beside it. */
export function shortDigest(sha256: string): string {
  return `${sha256.slice(0, 8)}…${sha256.slice(-8)}`
}
