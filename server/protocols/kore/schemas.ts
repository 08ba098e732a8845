import { z } from 'zod'
import { invalid } from '#errors'
import { CONTEXT } from './names.ts'

/** `totalChunks` and `fileSize` may come as decimal text. */
const whole = (least: number) => {
  const why = `must be a whole number of ${least} or more`
  const digits = z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
  return z.union([z.number(), digits], why).pipe(z.int(why).min(least, why))
}
/** What the core takes, said in this protocol's name of the field. */
const LONGEST_NAME = 4096
const text = z.string('is required and must be text').min(1, 'must not be empty')

const Start = z.object({
  fileContext: text.regex(CONTEXT, 'must have 1 to 64 letters, digits, "_" or "-"'),
  totalChunks: whole(1),
  fileExtension: text,
  fileName: text.max(LONGEST_NAME, `must have at most ${LONGEST_NAME} characters`),
  fileSize: whole(0),
  /** extension: the link that is handed out deletes the file after its first full read */
  del: z.union([z.boolean(), z.enum(['true', 'false'])], 'must be true or false').optional(),
})

export type Start = z.output<typeof Start>

/** Unknown members are ignored. @throws Refusal INVALID naming the first wrong field */
export function readStart(document: unknown): Start {
  const result = Start.safeParse(document)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue?.path[0]
  if (issue === undefined || field === undefined) throw invalid('body', 'must be a JSON object')
  throw invalid(String(field), issue.message)
}
