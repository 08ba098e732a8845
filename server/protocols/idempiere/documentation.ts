import { z } from 'zod'
import * as shapes from './schemas.ts'

const uploads = { tags: ['iDempiere uploads'] }
const models = { tags: ['iDempiere records'] }
const auth = { tags: ['iDempiere sign-in'] }

const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
})
const problem = (description: string) => json(description, shapes.Problem)
const file = { description: 'The bytes', content: { 'application/octet-stream': { schema: shapes.Binary } } }
const absent = { 404: problem('There is none, or it is somebody else’s') }

const id = z.object({ uploadId: z.string() })
const chunk = z.object({ uploadId: z.string(), chunkOrder: z.coerce.number().int().min(1) })
const table = z.object({ table: z.string().meta({ examples: ['C_Order', 'AD_Image', 'AD_Archive'] }) })
const row = table.extend({ key: z.string().meta({ description: 'integer id or UUID' }) })
const entry = row.extend({ fileName: z.string() })

const page = z.object({
  $top: z.number().int().optional(),
  $skip: z.number().int().optional(),
  $filter: z
    .string()
    .optional()
    .meta({ examples: ["Name eq 'x'"] }),
  $orderby: z
    .string()
    .optional()
    .meta({ examples: ['Name desc'] }),
})

/** What `/openapi.json` says of the routes in `routes.ts`, by method and path below `/api/v1`. */
export const DOCUMENTED = {
  'POST /auth/tokens': {
    ...auth,
    summary: 'A token for `Authorization: Bearer`',
    security: [],
    body: shapes.SignIn,
    response: { 200: shapes.SignedIn, 401: problem('Wrong'), 429: problem('Too many wrong passwords') },
  },
  'POST /uploads': {
    ...uploads,
    summary: 'Begin an upload',
    body: shapes.NewUpload,
    response: { 201: shapes.Begun, 400: problem('A member is missing or wrong'), 413: problem('Too large') },
  },
  'GET /uploads': {
    ...uploads,
    summary: 'My uploads that are not complete',
    response: { 200: shapes.UploadList },
  },
  'GET /uploads/:uploadId': {
    ...uploads,
    summary: 'How far it is; with `expiresInSeconds` a link to status and file',
    params: id,
    querystring: z.object({ expiresInSeconds: z.number().int().optional() }),
    response: { 200: shapes.UploadStatus, ...absent },
  },
  'PUT /uploads/:uploadId/chunks/:chunkOrder': {
    ...uploads,
    summary: 'Store one chunk: in any order, in parallel, as often as you like',
    consumes: ['application/octet-stream'],
    params: chunk,
    headers: z.object({
      'x-total-chunks': z
        .number()
        .int()
        .meta({ examples: [2] }),
      'x-content-sha256': z.string().optional(),
    }),
    body: shapes.Bytes(shapes.HELLO.chunks[0]),
    response: {
      200: shapes.ChunkStored,
      400: problem('Canceled, a wrong number or hash; or a sum that is not the size'),
      ...absent,
      409: problem('Complete, being completed, or failed'),
      410: problem('Its life is over'),
    },
  },
  'DELETE /uploads/:uploadId': {
    ...uploads,
    summary: 'Cancel in any state; copies stay',
    params: id,
    response: { 200: shapes.Message, 400: problem('Canceled before'), ...absent },
  },
  'GET /uploads/:uploadId/file': {
    ...uploads,
    summary: 'The complete file, whole or in ranges; with `json` as `{"data": base64}`',
    params: id,
    querystring: z.object({ json: z.string().optional() }),
    response: { 200: file, 206: file, 400: problem('Not complete'), ...absent },
  },
  'POST /uploads/:uploadId/copy': {
    ...uploads,
    summary: 'Copy the complete file to a record, by reference',
    params: id,
    body: shapes.CopyRequest,
    response: {
      200: shapes.Copied,
      400: json('Not complete, or a member is wrong', shapes.PlainError),
      ...absent,
    },
  },
  'GET /models/:table': {
    ...models,
    summary: 'Records of a table',
    params: table,
    querystring: page,
    response: { 200: shapes.Rows, ...absent },
  },
  'POST /models/:table': {
    ...models,
    summary: 'A new record',
    params: table,
    body: shapes.NewRow,
    response: { 201: shapes.Row, 400: problem('Name is missing'), ...absent },
  },
  'GET /models/:table/:key': {
    ...models,
    summary: 'One record',
    params: row,
    response: { 200: shapes.Row, ...absent },
  },
  'PUT /models/:table/:key': {
    ...models,
    summary: 'Set members of a record; the others stay',
    params: row,
    body: shapes.NewRow,
    response: { 200: shapes.Row, ...absent },
  },
  'DELETE /models/:table/:key': {
    ...models,
    summary: 'Delete a record with all that is on it',
    params: row,
    response: { 200: shapes.Deleted, ...absent },
  },
  'GET /models/:table/:key/attachments': {
    ...models,
    summary: 'Attachments of a record',
    params: row,
    response: { 200: shapes.Attachments, ...absent },
  },
  'GET /models/:table/:key/attachments/:fileName': {
    ...models,
    summary: 'The bytes of an attachment, whole or in ranges',
    params: entry,
    response: { 200: file, 206: file, ...absent },
  },
  'DELETE /models/:table/:key/attachments/:fileName': {
    ...models,
    summary: 'Delete an attachment',
    params: entry,
    response: { 200: shapes.Deleted, ...absent },
  },
  'GET /models/:table/:key/BinaryData': {
    ...models,
    summary: 'The bytes of an AD_Image or AD_Archive, whole or in ranges',
    params: row,
    response: { 200: file, 206: file, ...absent },
  },
}
