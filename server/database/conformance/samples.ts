import { randomUUID } from 'node:crypto'
import type { NewEntry, NewRecord, StoredFile } from '#records'
import type { Chunk, Session } from '#sessions'

/** A moment of the tests, milliseconds since 1970. */
export const NOW = 1_800_000_000_000

export const sampleSession = (values: Partial<Session> = {}): Session => ({
  id: randomUUID(),
  tenant: 'main',
  owner: 'ada',
  ownerName: 'Ada',
  protocol: 'tus',
  fileName: 'report.pdf',
  contentType: 'application/pdf',
  size: 1000,
  chunkSize: null,
  declared: {},
  computed: {},
  wanted: [],
  location: 'ARCHIVE',
  target: null,
  group: null,
  groupIndex: null,
  status: 'INITIATED',
  failure: null,
  warning: null,
  offset: 0,
  received: 0,
  firstChunk: null,
  chunkCount: 0,
  nextChunk: 0,
  stride: null,
  totalChunks: null,
  partial: false,
  segments: null,
  attributes: {},
  createdAt: NOW,
  updatedAt: NOW,
  expiresAt: NOW + 1000,
  ttl: 0,
  completedAt: null,
  ...values,
})

export const sampleChunk = (number: number, values: Partial<Chunk> = {}): Chunk => ({
  number,
  size: 10,
  sha256: 'ab'.repeat(32),
  object: 'object',
  position: 10 * number,
  ...values,
})

export const sampleFile = (values: Partial<StoredFile> = {}): StoredFile => ({
  id: randomUUID(),
  tenant: 'main',
  size: 1000,
  digests: { sha256: 'ab'.repeat(32) },
  segments: null,
  ...values,
})

export const sampleRecord = (values: Partial<NewRecord> = {}): NewRecord => ({
  uid: randomUUID(),
  tenant: 'main',
  table: 'C_Order',
  parent: null,
  name: 'Order 1',
  kind: 'record',
  owner: null,
  fields: {},
  createdBy: 'Ada',
  createdAt: NOW,
  updatedAt: NOW,
  ...values,
})

export const sampleEntry = (file: string, values: Partial<NewEntry> = {}): NewEntry => ({
  uid: randomUUID(),
  tenant: 'main',
  kind: 'ATTACHMENT',
  table: null,
  record: null,
  slot: null,
  name: 'report.pdf',
  contentType: 'application/pdf',
  file,
  session: null,
  createdBy: 'Ada',
  createdAt: NOW,
  version: 1,
  current: true,
  ...values,
})
