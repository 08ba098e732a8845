/** The shapes of `/api/slipway/v1`, as its OpenAPI page describes them. */
export type Role = 'admin' | 'user' | 'reader'

export interface User {
  id: string
  userName: string
  roles: Role[]
  tenant?: string
}

export interface Settings {
  version: string
  maxSize: number
  chunkSize: number
  uploadUrl: string
  strict: string[]
}

export const STATUSES = ['INITIATED', 'UPLOADING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELED'] as const
export type Status = (typeof STATUSES)[number]

export const LOCATIONS = ['ATTACHMENT', 'ARCHIVE', 'IMAGE'] as const
export type Location = (typeof LOCATIONS)[number]

export interface RecordRef {
  table: string
  record: string
  name: string
}

export interface Session {
  id: string
  protocol: string
  owner: string
  fileName: string
  contentType: string | null
  size: number | null
  received: number
  sha256: string | null
  verified: boolean | null
  location: string | null
  target: RecordRef | null
  status: Status
  failure: string | null
  warning: string | null
  createdAt: string
  updatedAt: string
  expiresAt: string | null
  completedAt: string | null
  uploadUrl: string | null
  links: Partial<Record<'self' | 'file' | 'upload' | 'prefix' | 'receipt', string | null>>
}

export interface Prefix {
  length: number
  sha256: string
}

export interface Table {
  name: string
  records: number
  tree: boolean
}

export interface BusinessRecord {
  id: number
  uid: string
  table: string
  name: string
  parent: string | null
  kind: 'record' | 'folder' | 'document'
  createdAt: string
  updatedAt: string
  entryCount: number
}

export interface Entry {
  id: number
  uid: string
  kind: Location | 'CONTENT'
  name: string
  contentType: string | null
  size: number
  sha256: string | null
  createdAt: string
  createdBy: string
  session: string | null
  record: { table: string; uid: string; name: string } | null
  version: number
  current: boolean
  links: { content: string }
}

export interface APIKey {
  id: string
  name: string
  createdAt?: string
  lastUsedAt?: string | null
}

/** Where a file is to be filed; null means nowhere yet. */
export interface Target extends RecordRef {
  location: Location
}
