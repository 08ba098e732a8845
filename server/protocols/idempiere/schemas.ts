/** Shapes of this protocol, for its documentation; what is really taken is more lenient (`document.ts`). */
import { z } from 'zod'

/** "hello world" in two chunks, so that every example runs. */
export const HELLO = {
  sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
  chunks: ['hello ', 'world'],
} as const

const uploadId = z.string().meta({ description: 'uuid of the upload' })
const bytes = z.number().int().meta({ description: 'bytes' })
const location = z.enum(['ARCHIVE', 'ATTACHMENT', 'IMAGE'])
const status = z.enum(['INITIATED', 'UPLOADING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELED'])

export const Problem = z
  .object({ title: z.string(), status: z.number(), detail: z.string().optional() })
  .meta({ id: 'IDempiereProblem' })
export const PlainError = z.object({ error: z.string() }).meta({ id: 'IDempiereError' })

export const NewUpload = z
  .object({
    fileName: z.string(),
    contentType: z.string().optional(),
    fileSize: bytes.optional().meta({ description: 'bytes; 0 or absent while unknown' }),
    chunkSize: bytes.optional().meta({ description: 'advice only, echoed' }),
    sha256: z.string().meta({ description: 'SHA-256 of the whole file, hexadecimal' }),
    uploadLocation: location.optional().meta({ description: 'ARCHIVE when absent' }),
    expiresInSeconds: z
      .number()
      .int()
      .optional()
      .meta({ description: 'life of session and link; 24 hours when absent' }),
  })
  .meta({
    id: 'IDempiereNewUpload',
    examples: [
      {
        fileName: 'hello.txt',
        contentType: 'text/plain',
        fileSize: 11,
        chunkSize: 6,
        sha256: HELLO.sha256,
        uploadLocation: 'ATTACHMENT',
        expiresInSeconds: 3600,
      },
    ],
  })

export const Begun = z.object({
  uploadId,
  chunkSize: bytes,
  expiresAt: z.string().meta({ description: 'UTC without a zone', examples: ['2027-07-16T17:08:54.123'] }),
  presignedURL: z.string().meta({ description: 'relative to /api/, with {chunkOrder} to be replaced' }),
})

export const ChunkStored = z.object({
  uploadId,
  chunkOrder: z.number().int(),
  receivedSize: bytes,
  message: z.string(),
  isLastChunk: z.boolean().meta({ description: 'this chunk completed the upload' }),
})

const fields = {
  uploadId,
  fileName: z.string(),
  fileSize: bytes,
  imageId: z.number().int().meta({ description: 'the AD_Image of a complete IMAGE upload, else 0' }),
  chunkSize: bytes,
  status,
  uploadedChunks: z.array(z.object({ chunkOrder: z.number().int(), receivedSize: bytes })),
  totalReceivedSize: bytes,
  message: z.string(),
}
export const UploadStatus = z
  .object({ ...fields, presignedURL: z.string().nullable() })
  .meta({ id: 'IDempiereUpload' })
export const UploadList = z.object({ uploads: z.array(z.object(fields)) })

export const CopyRequest = z
  .object({
    copyLocation: location,
    tableName: z.string().optional(),
    recordId: z.string().optional().meta({ description: 'integer id or UUID' }),
  })
  .meta({ id: 'IDempiereCopy', examples: [{ copyLocation: 'IMAGE' }] })
export const Copied = z.object({
  uploadId,
  tableName: z.string(),
  recordId: z.number().int(),
  recordUU: z.string(),
  copyLocation: location,
  fileName: z.string(),
  contentType: z.string().nullable(),
  fileSize: bytes,
})

export const Message = z.object({ message: z.string() })
export const Deleted = z.object({ msg: z.string() })
export const SignIn = z.object({ userName: z.string(), password: z.string() })
const named = z.object({ id: z.number().int(), name: z.string() })
export const SignedIn = z.object({
  clients: z.array(z.object({ ...named.shape, roles: z.array(named) })),
  token: z.string(),
})

export const Row = z
  .looseObject({ id: z.number().int(), uid: z.string(), 'model-name': z.string() })
  .meta({ id: 'IDempiereRow' })
export const Rows = z.object({
  'page-count': z.number().int(),
  'records-size': z.number().int(),
  'skip-records': z.number().int(),
  'row-count': z.number().int(),
  'array-count': z.number().int(),
  records: z.array(Row),
})
export const NewRow = z
  .looseObject({ Name: z.string() })
  .meta({ examples: [{ Name: 'SO-2044, oak boards' }] })
export const Attachments = z.object({
  attachments: z.array(z.looseObject({ name: z.string(), contentType: z.string() })),
})
export const Binary = z.string().meta({ format: 'binary' })
export const Bytes = (example: string) => z.string().meta({ format: 'binary', examples: [example] })
