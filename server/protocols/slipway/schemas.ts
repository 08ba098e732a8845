/** Shapes of the own API: what is taken and what is given, in one language for checking, types and documentation. */

import { z } from 'zod'
import { ROLES } from '#accounts'

const time = z.string().meta({ format: 'date-time', description: 'RFC 3339, UTC' })
const uuid = z.string().meta({ format: 'uuid' })
const bytes = z.number().meta({ description: 'bytes' })
const sha256 = z.string().meta({ description: 'SHA-256, lower-case hexadecimal' })
const LOCATION = z.enum(['ARCHIVE', 'ATTACHMENT', 'IMAGE'])
const STATUS = z.enum(['INITIATED', 'UPLOADING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELED'])

/** RFC 9457, with the core's stable code. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    code: z.string().meta({ description: 'stable, for programs' }),
    field: z.string().optional().meta({ description: 'what was wrong in the request' }),
    limit: z.number().optional(),
    expected: z.union([z.number(), z.string()]).optional(),
    received: z.union([z.number(), z.string()]).optional(),
    missing: z.array(z.number()).optional(),
  })
  .meta({ id: 'Problem' })

const roles = z.array(z.enum(ROLES))
export const User = z
  .object({ id: uuid, userName: z.string(), roles, tenant: z.string() })
  .meta({ id: 'User' })
export const Key = z.object({ id: uuid, name: z.string(), createdAt: time }).meta({ id: 'Key' })
export const NewKey = z.object({ id: uuid, name: z.string(), key: z.string() })
export const Settings = z.object({
  version: z.string(),
  maxSize: bytes,
  chunkSize: bytes,
  uploadUrl: z.string(),
  strict: z.array(z.string()),
})

const Target = z.object({ table: z.string(), record: uuid, name: z.string() })

export const Session = z
  .object({
    id: uuid,
    protocol: z.string(),
    owner: z.string(),
    fileName: z.string().nullable(),
    contentType: z.string().nullable(),
    size: bytes.nullable().meta({ description: 'declared length in bytes; null while unknown' }),
    received: bytes.meta({ description: 'bytes safely stored' }),
    sha256: sha256.nullable(),
    verified: z.boolean().nullable(),
    location: LOCATION,
    target: Target.nullable(),
    status: STATUS,
    failure: z.string().nullable(),
    warning: z.string().nullable(),
    createdAt: time,
    updatedAt: time,
    expiresAt: time.nullable(),
    completedAt: time.nullable(),
    uploadUrl: z.string().nullable().meta({ description: 'where tus can continue it' }),
    links: z.object({
      self: z.string(),
      file: z.string().nullable(),
      upload: z.string().nullable(),
      prefix: z.string(),
      receipt: z.string().nullable(),
    }),
  })
  .meta({ id: 'Session' })

export const SessionPage = z.object({ sessions: z.array(Session), nextCursor: z.string().nullable() })
export const Prefix = z.object({ length: bytes, sha256 })
export const Receipt = z.object({
  session: uuid,
  fileName: z.string().nullable(),
  size: bytes,
  sha256,
  declaredSha256: sha256.nullable(),
  verified: z.boolean().nullable(),
  owner: z.string(),
  completedAt: time,
  target: Target.nullable(),
})

export const Table = z
  .object({ name: z.string(), records: z.number(), tree: z.boolean() })
  .meta({ id: 'Table' })
export const BusinessRecord = z
  .object({
    id: z.number(),
    uid: uuid,
    table: z.string(),
    name: z.string(),
    parent: uuid.nullable(),
    kind: z.enum(['record', 'folder', 'document']),
    createdAt: time,
    updatedAt: time,
    entryCount: z.number(),
  })
  .meta({ id: 'Record' })
export const RecordPage = z.object({ records: z.array(BusinessRecord), nextCursor: z.string().nullable() })
export const Entry = z
  .object({
    id: z.number(),
    uid: uuid,
    kind: z.enum(['ATTACHMENT', 'ARCHIVE', 'IMAGE', 'CONTENT']),
    name: z.string(),
    contentType: z.string().nullable(),
    size: bytes,
    sha256,
    createdAt: time,
    createdBy: z.string(),
    session: uuid.nullable(),
    record: z.object({ table: z.string(), uid: uuid, name: z.string() }).nullable(),
    version: z.number(),
    current: z.boolean(),
    links: z.object({ content: z.string() }),
  })
  .meta({ id: 'Entry' })

export const SignIn = z.object({ userName: z.string(), password: z.string() })
export const NewUser = z.object({ userName: z.string(), password: z.string(), roles: roles.optional() })
export const PasswordChange = z.object({ current: z.string().default(''), password: z.string() })
export const Named = z.object({ name: z.string() })
export const DeclaredSHA256 = z.object({ sha256: z.string() })
/** A record in a query or body: integer id or uid. */
const recordKey = z.union([z.string(), z.number().transform(String)])
export const CopyTarget = z.object({
  location: LOCATION,
  table: z
    .string()
    .nullish()
    .transform((table) => table ?? null),
  record: recordKey.nullish().transform((record) => record ?? null),
})

const limit = z.coerce.number().int().min(1).max(1000).default(50)
/** `?cursor=` is as good as none. */
const optional = z
  .string()
  .optional()
  .transform((text) => (text === '' ? undefined : text))
export const SessionQuery = z.object({
  status: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(STATUS))
    .meta({ description: 'comma list; default: any' }),
  q: optional.meta({ description: 'part of the file name' }),
  mine: z.stringbool().default(false).meta({ description: 'only my own, also for administrators' }),
  limit,
  cursor: optional,
})
export const RecordQuery = z.object({ q: optional, parent: optional, limit, cursor: optional })
export const ContentQuery = z.object({ inline: z.string().optional() })
export const ID = z.object({ id: z.string() })
export const UID = z.object({ uid: z.string() })
export const TableName = z.object({ table: z.string() })
export const RecordPath = z.object({ table: z.string(), record: z.string() })
