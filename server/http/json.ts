import { Refusal } from '#errors'
import type { Body } from '#sessions'

/** JSON documents of requests are small; more is refused. */
const LIMIT = 1024 * 1024

/**
 * Reads a whole body as text, for documents, never for files.
 * @throws Refusal TOO_LARGE, INVALID (not UTF-8)
 */
export async function readText(body: Body, limit = LIMIT): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of body) {
    length += piece.length
    if (length > limit)
      throw new Refusal('TOO_LARGE', `a document may have at most ${limit} bytes here`, { limit })
    pieces.push(piece)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces))
  } catch (cause) {
    throw new Refusal('INVALID', 'the request body is not UTF-8 text', { field: 'body' }, { cause })
  }
}

/**
 * Reads a JSON document whatever its content type says. An empty body is `undefined`.
 * @throws Refusal INVALID (`field` is `body`)
 */
export async function readJSON(body: Body, limit = LIMIT): Promise<unknown> {
  const text = await readText(body, limit)
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new Refusal('INVALID', 'the request body is not JSON', { field: 'body' }, { cause })
  }
}
