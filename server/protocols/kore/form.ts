import { invalid, Refusal } from '#errors'
import { bodyOf, type Exchange, type Form, type FormFile, header, readForm } from '#http'

/** Bytes the rest of a form may take besides its file. */
const BESIDES = 1024 * 1024

/**
 * The form of a request up to its part `file`.
 * @throws Refusal INVALID (no form, no file), TOO_LARGE when its announced length alone tells
 */
export async function fileForm({ req }: Exchange, limit: number): Promise<Form & { file: FormFile }> {
  const body = bodyOf(req)
  // A part in base64 takes a third more.
  if (body.length !== null && body.length > limit * 1.4 + BESIDES) throw tooLarge(limit)
  const form = await readForm(body, header(req, 'content-type'), { file: 'file' })
  const { file } = form
  if (file === null) throw invalid('file', 'is required: a multipart part of that name')
  return { ...form, file }
}

const tooLarge = (limit: number): Refusal =>
  new Refusal('TOO_LARGE', `at most ${limit} bytes may be sent here at once`, { limit })
