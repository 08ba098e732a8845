import { assertWriter } from '#accounts'
import { invalid } from '#errors'
import { type Answer, type Exchange, json } from '#http'
import { assertTakesBytes, type Session } from '#sessions'
import { caller, sessionOf } from './caller.ts'
import { KoreError } from './errors.ts'
import { fileForm } from './form.ts'
import type { Services } from './services.ts'

/** "Accept each chunk up to a setting (suggested default 100 MiB)" */
const LIMIT = 100 * 1024 * 1024

/** `POST /api/public/files/session/{sessionId}`: one chunk, in any order, beside others. */
export async function chunk(services: Services, exchange: Exchange, id: string): Promise<Answer> {
  const principal = await caller(services, exchange)
  const session = await sessionOf(services, principal, id)
  assertWriter(principal)
  assertTakesBytes(session, Date.now())
  const { fields, file, close } = await fileForm(exchange, LIMIT)
  try {
    // "`file` comes BEFORE `chunkNumber` in samples": the number may be known only when the form is whole.
    const known = fields.has('chunkNumber') ? numberFrom(session, fields.get('chunkNumber')) : null
    const stored = await services.sessions.putChunk(principal, session.id, {
      number: known ?? (() => numberFrom(session, fields.get('chunkNumber'))),
      body: file.body,
      limit: LIMIT,
      onConflict: 'replace',
    })
    return json(200, { chunkNumber: String(stored.chunk.number), sessionId: session.id })
  } finally {
    close()
  }
}

/** "integers 0…totalChunks−1 arriving as text; match /^\d+$/, reject anything else" */
function numberFrom({ totalChunks }: Session, given: string | undefined): number {
  if (given === undefined || given === '') throw invalid('chunkNumber', 'is required')
  const last = (totalChunks ?? 1) - 1
  if (/^\d+$/.test(given) && Number(given) <= last) return Number(given)
  throw new KoreError(
    400,
    'INVALID_CHUNK_NUMBER',
    `chunkNumber must be a whole number from 0 to ${last}, not "${given.slice(0, 50)}"`,
  )
}
