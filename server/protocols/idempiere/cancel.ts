import { type Answer, json } from '#http'
import type { Call } from './caller.ts'
import { Ended, problem } from './errors.ts'
import { find } from './life.ts'
import type { Services } from './services.ts'
import { attributesOf, statusOf } from './view.ts'

export const FAILED = 'Failed to cancel upload: '

/** `DELETE v1/uploads/{uploadId}`, section 1.4: "404 unknown; 400 already CANCELED; else 200". */
export async function cancel({ sessions }: Services, { caller, params }: Call): Promise<Answer> {
  const id = params.uploadId ?? ''
  const session = await find({ sessions }, caller, id)
  if (statusOf(session) === 'CANCELED')
    throw new Ended(problem(400, 'Upload session has been canceled: ', id))
  if (session.status !== 'CANCELED') await sessions.cancel(caller, id)
  if (attributesOf(session).lapsed === true)
    await sessions.annotate(caller, id, { attributes: { lapsed: false } })
  return json(200, { message: `Upload ${id} canceled successfully.` })
}
