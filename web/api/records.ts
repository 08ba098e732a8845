import { query, request } from './request.ts'
import type { BusinessRecord, Entry, Table, Target } from './types.ts'

export interface RecordPage {
  records: BusinessRecord[]
  nextCursor: string | null
}

interface Search {
  q?: string | undefined
  parent?: string | undefined
  cursor?: string | undefined
  limit?: number | undefined
}

const path = (table: string) => `/tables/${encodeURIComponent(table)}`

export const tables = () => request<{ tables: Table[] }>('/tables').then((answer) => answer.tables)

export const createTable = (name: string) => request<Table>('/tables', { method: 'POST', body: { name } })

export const records = (table: string, search: Search = {}) =>
  request<RecordPage>(`${path(table)}/records${query({ ...search })}`)

export const record = (table: string, id: string) =>
  request<BusinessRecord>(`${path(table)}/records/${encodeURIComponent(id)}`)

export const createRecord = (table: string, name: string) =>
  request<BusinessRecord>(`${path(table)}/records`, { method: 'POST', body: { name } })

export const entries = (table: string, id: string) =>
  request<{ entries: Entry[] }>(`${path(table)}/records/${encodeURIComponent(id)}/entries`).then(
    (answer) => answer.entries,
  )

export const removeEntry = (uid: string) => request<void>(`/entries/${uid}`, { method: 'DELETE' })

export const copyEntry = (uid: string, { location, table, record }: Target) =>
  request<Entry>(`/entries/${uid}/copy`, { method: 'POST', body: { location, table, record } })
