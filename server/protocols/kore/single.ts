import type { Principal } from '#accounts'
import { invalid } from '#errors'
import type { Answer, Exchange, Form, FormFile } from '#http'
import type { Session } from '#sessions'
import { writer } from './caller.ts'
import { answer } from './complete.ts'
import { attributesOf, typeOf } from './file.ts'
import { fileForm } from './form.ts'
import { assertExtension, cleanName, contextFrom, extensionOf } from './names.ts'
import type { Services } from './services.ts'
import { lifeOf } from './start.ts'

/** "MB = MiB, and exactly 25 MiB is allowed" */
const LIMIT = 25 * 1024 * 1024

/** `POST /api/public/files`: a whole file in one request. */
export async function single(services: Services, exchange: Exchange): Promise<Answer> {
  const principal = await writer(services, exchange)
  const form = await fileForm(exchange, LIMIT)
  try {
    return answer(services, exchange, await receive(services, principal, form))
  } finally {
    form.close()
  }
}

async function receive(
  services: Services,
  principal: Principal,
  form: Form & { file: FormFile },
): Promise<Session> {
  const { sessions, config } = services
  const fileName = cleanName(form.file.fileName ?? '')
  const extension = extensionOf(fileName)
  const check = (context: string | null): void => assertExtension(extension, context, config.kore.extensions)
  check(form.fields.get('fileContext') ?? null)
  const kept = { extension, fileContext: null, del: false, single: true }
  const session = await sessions.create(principal, {
    protocol: 'kore',
    fileName,
    contentType: typeOf(extension),
    firstChunk: 0,
    totalChunks: 1,
    attributes: attributesOf(kept),
    life: lifeOf(services),
  })
  // The form is whole when the number is asked for: what it says is checked before a byte counts.
  const number = (): number => {
    check(contextFrom(form.fields.get('fileContext')))
    flag(form.fields.get('del'))
    return 0
  }
  try {
    await sessions.putChunk(principal, session.id, {
      number,
      body: form.file.body,
      limit: LIMIT,
      onConflict: 'replace',
    })
    const fileContext = contextFrom(form.fields.get('fileContext'))
    const del = flag(form.fields.get('del'))
    await sessions.annotate(principal, session.id, {
      attributes: attributesOf({ ...kept, fileContext, del }),
    })
    return await sessions.complete(principal, session.id)
  } catch (error) {
    // Nobody was told of this session, so nobody would take it up again.
    await sessions.cancel(principal, session.id).catch((cause: unknown) => services.log.error({ err: cause }))
    throw error
  }
}

function flag(given = 'false'): boolean {
  if (given === 'true' || given === 'false') return given === 'true'
  throw invalid('del', 'must be true or false')
}
