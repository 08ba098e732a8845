/** What each route takes and gives, for checking and for the documentation. */

import { z } from 'zod'
import * as shapes from './schemas.ts'

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: shapes.Problem } },
})
const nothing = z.null().meta({ description: 'done' })
const stream = (description: string) => ({
  description,
  content: { 'application/octet-stream': { schema: z.any() } },
})
const failures = {
  400: problem('Something in the request is wrong; `field` names it'),
  401: problem('No credential, or one that does not hold'),
  403: problem('Not allowed'),
  404: problem('Not there, or somebody else’s'),
  409: problem('Contradicts the present state'),
}

const open = [] as Record<string, string[]>[]
const signIn = { tags: ['sign-in'] }
const accounts = { tags: ['accounts'] }
const sessions = { tags: ['sessions'] }
const records = { tags: ['records'] }

export const routes = {
  signIn: {
    ...signIn,
    summary: 'Sign in with a browser; the answer sets the session cookie',
    security: open,
    body: shapes.SignIn,
    response: {
      200: z.object({ user: shapes.User }),
      401: problem('Wrong user name or password'),
      429: problem('Too many wrong passwords: wait for `Retry-After`'),
    },
  },
  signOut: { ...signIn, summary: 'Sign out', security: open, response: { 204: nothing } },
  redeemLink: { hide: true, querystring: z.object({ token: z.string().optional() }) },
  settings: {
    ...signIn,
    summary: 'What a client must know before it uploads',
    security: open,
    response: { 200: shapes.Settings },
  },
  me: {
    ...signIn,
    summary: 'Who I am',
    response: { 200: z.object({ user: shapes.User }), 401: failures[401] },
  },
  changePassword: {
    ...accounts,
    summary: 'Change my password; tokens end, keys stay',
    body: shapes.PasswordChange,
    response: { 204: nothing, 400: failures[400], 401: failures[401] },
  },
  listUsers: {
    ...accounts,
    summary: 'All users (administrators)',
    response: { 200: z.object({ users: z.array(shapes.User) }), 403: failures[403] },
  },
  createUser: {
    ...accounts,
    summary: 'Add a user (administrators)',
    body: shapes.NewUser,
    response: { 201: shapes.User, 400: failures[400], 403: failures[403], 409: failures[409] },
  },
  listKeys: {
    ...accounts,
    summary: 'My API keys',
    response: { 200: z.object({ keys: z.array(shapes.Key) }) },
  },
  createKey: {
    ...accounts,
    summary: 'Make an API key; it is shown this once',
    body: shapes.Named,
    response: { 201: shapes.NewKey, 400: failures[400] },
  },
  revokeKey: {
    ...accounts,
    summary: 'End an API key',
    params: shapes.ID,
    response: { 204: nothing, 404: failures[404] },
  },
  listSessions: {
    ...sessions,
    summary: 'Uploads by whatever protocol, newest first; administrators see all of the tenant',
    querystring: shapes.SessionQuery,
    response: { 200: shapes.SessionPage, 400: failures[400] },
  },
  readSession: {
    ...sessions,
    summary: 'One upload',
    params: shapes.ID,
    response: { 200: shapes.Session, 404: failures[404] },
  },
  cancelSession: {
    ...sessions,
    summary: 'Cancel an upload and free its bytes; copies on records stay',
    params: shapes.ID,
    response: { 204: nothing, 404: failures[404], 409: failures[409] },
  },
  readPrefix: {
    ...sessions,
    summary: 'Length and digest of the bytes held from the beginning on, to compare before resuming',
    params: shapes.ID,
    response: { 200: shapes.Prefix, 404: failures[404] },
  },
  readFile: {
    ...sessions,
    summary: 'The finished file',
    params: shapes.ID,
    response: { 200: stream('the bytes'), 404: failures[404], 409: failures[409] },
  },
  readReceipt: {
    ...sessions,
    summary: 'Proof of what arrived',
    params: shapes.ID,
    response: { 200: shapes.Receipt, 404: failures[404], 409: failures[409] },
  },
  declareDigest: {
    ...sessions,
    summary: 'Promise the digest of the whole file, until its last byte was received',
    params: shapes.ID,
    body: shapes.DeclaredSHA256,
    response: { 204: nothing, 400: failures[400], 404: failures[404], 409: failures[409] },
  },
  copySession: {
    ...sessions,
    summary: 'Copy a finished upload to a record, by reference',
    params: shapes.ID,
    body: shapes.CopyTarget,
    response: { 200: z.object({ entry: shapes.Entry }), 404: failures[404], 409: failures[409] },
  },
  events: {
    ...sessions,
    summary: 'Changes of uploads as server-sent events (`event: session`), resumable by `Last-Event-ID`',
    response: {
      200: { description: 'a stream', content: { 'text/event-stream': { schema: z.any() } } },
      401: failures[401],
    },
  },
  listTables: {
    ...records,
    summary: 'The business tables',
    response: { 200: z.object({ tables: z.array(shapes.Table) }) },
  },
  createTable: {
    ...records,
    summary: 'Add a table (administrators)',
    body: shapes.Named,
    response: { 201: shapes.Table, 400: failures[400], 403: failures[403], 409: failures[409] },
  },
  listRecords: {
    ...records,
    summary: 'Records of a table, by name; of a tree the top, or what lies in `parent`',
    params: shapes.TableName,
    querystring: shapes.RecordQuery,
    response: { 200: shapes.RecordPage, 404: failures[404] },
  },
  createRecord: {
    ...records,
    summary: 'Add a record',
    params: shapes.TableName,
    body: shapes.Named,
    response: { 201: shapes.BusinessRecord, 400: failures[400], 403: failures[403], 404: failures[404] },
  },
  readRecord: {
    ...records,
    summary: 'One record, by integer id or uid',
    params: shapes.RecordPath,
    response: { 200: shapes.BusinessRecord, 404: failures[404] },
  },
  listEntries: {
    ...records,
    summary: 'What is filed on a record',
    params: shapes.RecordPath,
    response: { 200: z.object({ entries: z.array(shapes.Entry) }), 404: failures[404] },
  },
  readEntry: {
    ...records,
    summary: 'One filed file',
    params: shapes.UID,
    response: { 200: shapes.Entry, 404: failures[404] },
  },
  removeEntry: {
    ...records,
    summary: 'Take a file off its record',
    params: shapes.UID,
    response: { 204: nothing, 403: failures[403], 404: failures[404] },
  },
  copyEntry: {
    ...records,
    summary: 'Copy a filed file to another record, by reference',
    params: shapes.UID,
    body: shapes.CopyTarget,
    response: { 201: shapes.Entry, 403: failures[403], 404: failures[404] },
  },
  readContent: {
    ...records,
    summary: 'The bytes of a filed file; `inline` shows what cannot run, anything else is saved',
    params: shapes.UID,
    querystring: shapes.ContentQuery,
    response: { 200: stream('the bytes'), 404: failures[404] },
  },
}
