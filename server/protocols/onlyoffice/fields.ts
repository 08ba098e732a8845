import { invalid } from '#errors'
import { bodyOf, boundaryOf, type Exchange, header, readForm, readText } from '#http'

/** Fields of a request whose names count in any letter case. */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>

  constructor(entries: Iterable<readonly [string, unknown]>) {
    const values = new Map<string, unknown>()
    // The first of several spellings counts.
    for (const [name, value] of entries) {
      const key = name.toLowerCase()
      if (!values.has(key)) values.set(key, value)
    }
    this.#values = values
  }

  raw(name: string): unknown {
    return this.#values.get(name.toLowerCase())
  }

  /** @throws Refusal INVALID */
  text(name: string): string | null {
    const value = this.raw(name) ?? null
    if (value === null || typeof value === 'string') return value
    throw invalid(name, 'must be text')
  }

  /** "`encrypted` bool, default false", also as text. @throws Refusal INVALID */
  flag(name: string): boolean {
    const value = this.raw(name) ?? false
    if (typeof value === 'boolean') return value
    if (typeof value === 'string' && /^(true|false|)$/i.test(value.trim()))
      return value.trim().toLowerCase() === 'true'
    throw invalid(name, 'must be true or false')
  }

  /** Bytes, "also numeric strings"; 0 when it is not given. @throws Refusal INVALID */
  size(name: string): number {
    const value = this.raw(name) ?? 0
    const size = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value
    if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0) return size
    throw invalid(name, 'must be a whole number of bytes, 0 or more')
  }

  list(name: string): string[] {
    const value = this.raw(name) ?? this.raw(`${name}[]`)
    const all = Array.isArray(value) ? (value as unknown[]) : [value]
    return all.filter((one): one is string => typeof one === 'string')
  }
}

/** A query string as fields. */
export const queryOf = ({ query }: Exchange): Fields => new Fields(query)

/**
 * The fields of a body, JSON or a form of either kind, whatever its content type says of JSON.
 * @throws Refusal INVALID
 */
export async function fieldsOf({ req }: Exchange): Promise<Fields> {
  const type = header(req, 'content-type')
  if (boundaryOf(type) !== null) {
    const form = await readForm(bodyOf(req), type, { file: null })
    form.close()
    return new Fields(form.fields)
  }
  const text = (await readText(bodyOf(req))).trim()
  if (text === '') return new Fields([])
  // curl says "form" of everything it is not told otherwise about.
  if (type?.includes('urlencoded') === true && !text.startsWith('{')) return urlencoded(text)
  return new Fields(Object.entries(parse(text)))
}

/** Fields of a form as text, those of a query before them. A name given several times is a list. */
export function urlencoded(text: string, query = new URLSearchParams()): Fields {
  const all = new URLSearchParams([...query, ...new URLSearchParams(text)])
  return new Fields(
    [...new Set(all.keys())].map((name) => {
      const values = all.getAll(name)
      return [name, values.length > 1 ? values : values[0]] as const
    }),
  )
}

function parse(text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw Object.assign(invalid('body', 'is not JSON'), { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw invalid('body', 'must be a JSON object')
}
