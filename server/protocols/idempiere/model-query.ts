import { Ended, problem } from './errors.ts'

/** A row as the models API shows it. */
export type Row = Readonly<Record<string, unknown>>

interface Condition {
  readonly column: string
  /** null for `eq null` */
  readonly value: string | null
}

export interface ModelQuery {
  readonly top: number
  readonly skip: number
  readonly conditions: readonly Condition[]
  readonly order: readonly { readonly column: string; readonly descending: boolean }[]
}

/** Rows of a page when `$top` does not say. */
const TOP = 100
/** Rows of a page at most. */
const MOST = 1000

const wrong = (detail: string): Ended => new Ended(problem(400, 'Invalid query', detail))

/** `$top`, `$skip`, `$filter=… eq …`, `$orderby` */
export function readQuery(query: URLSearchParams): ModelQuery {
  const top = count(query, '$top') || TOP
  return {
    top: Math.min(top, MOST),
    skip: count(query, '$skip'),
    conditions: conditionsOf((query.get('$filter') ?? '').trim()),
    order: orderOf((query.get('$orderby') ?? '').trim()),
  }
}

function count(query: URLSearchParams, name: string): number {
  const given = query.get(name) ?? ''
  if (given === '') return 0
  if (/^\d{1,9}$/.test(given)) return Number(given)
  throw wrong(`${name} must be a whole number`)
}

/** A column, `eq`, and a text in quotes (a quote in it doubled), a number, `true`, `false` or `null`. */
const CONDITION = /^\s*([\w-]+)\s+eq\s+(?:'((?:[^']|'')*)'|([^\s']+))\s*(?:and\s+(?=\S)|$)/i

function conditionsOf(filter: string): Condition[] {
  const conditions: Condition[] = []
  for (let rest = filter; rest !== ''; ) {
    const [whole = '', column = '', quoted, bare = ''] = CONDITION.exec(rest) ?? []
    if (whole === '')
      throw wrong(`$filter must be conditions such as Name eq 'x', joined by and; not ${filter}`)
    const value = quoted === undefined ? bare : quoted.replaceAll("''", "'")
    conditions.push({ column, value: quoted === undefined && /^null$/i.test(bare) ? null : value })
    rest = rest.slice(whole.length)
  }
  return conditions
}

function orderOf(text: string): ModelQuery['order'] {
  if (text === '') return []
  return text.split(',').map((part) => {
    const [, column, direction = 'asc'] = /^\s*([\w-]+)(?:\s+(asc|desc))?\s*$/i.exec(part) ?? []
    if (column === undefined) throw wrong(`$orderby must be columns, each with asc or desc; not ${text}`)
    return { column, descending: direction.toLowerCase() === 'desc' }
  })
}

/** The value of a column; `C_Order_ID` and `C_Order_UU` are the row's own ids, names go in any case. */
function columnOf(row: Row, table: string, column: string): unknown {
  const name = column.toLowerCase()
  if (name === `${table}_ID`.toLowerCase()) return row.id
  if (name === `${table}_UU`.toLowerCase()) return row.uid
  const key = Object.keys(row).find((one) => one.toLowerCase() === name)
  return key === undefined ? undefined : row[key]
}

/** Rows that meet all conditions, in order; ties by id. */
export function select(rows: readonly Row[], table: string, { conditions, order }: ModelQuery): Row[] {
  const met = rows.filter((row) =>
    conditions.every(({ column, value }) => {
      const is = columnOf(row, table, column) ?? null
      return value === null || is === null ? is === value : String(is) === value
    }),
  )
  return met.sort((a, b) => {
    for (const { column, descending } of order) {
      const sign = compare(columnOf(a, table, column), columnOf(b, table, column))
      if (sign !== 0) return descending ? -sign : sign
    }
    return compare(a.id, b.id)
  })
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [String(a ?? ''), String(b ?? '')]
  return left < right ? -1 : left > right ? 1 : 0
}

/** One page as the models API answers it. */
export const page = (rows: readonly Row[], total: number, { top, skip }: ModelQuery) => ({
  'page-count': Math.ceil(total / top),
  'records-size': top,
  'skip-records': skip,
  'row-count': total,
  'array-count': rows.length,
  records: rows,
})
