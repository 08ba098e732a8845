import { z } from 'zod'
import { bodyOf, type Exchange, readJSON } from '#http'
import { NuxeoError } from './errors.ts'

/** Contract, section 5: extra members are ignored. */
export const DocumentBody = z.looseObject({
  'entity-type': z.literal('document').nullish(),
  type: z.string().nullish(),
  name: z.string().nullish(),
  properties: z.record(z.string(), z.unknown()).nullish(),
})

export const OperationBody = z.looseObject({
  params: z.record(z.string(), z.unknown()).nullish(),
})

export const CompletionBody = z.looseObject({
  fileSize: z.union([z.number(), z.string()]).nullish(),
  mimeType: z.string().nullish(),
  md5: z.string().nullish(),
})

/**
 * The JSON object in the body; an empty body is an empty object.
 * @throws NuxeoError 400 that names the member that is wrong
 */
export async function readBody<Schema extends z.ZodType>(
  { req }: Exchange,
  schema: Schema,
): Promise<z.output<Schema>> {
  const result = schema.safeParse((await readJSON(bodyOf(req))) ?? {})
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue === undefined || issue.path.length === 0 ? 'the body' : issue.path.join('.')
  throw new NuxeoError(400, `${where} is wrong: ${issue?.message ?? 'not what is expected'}`)
}
