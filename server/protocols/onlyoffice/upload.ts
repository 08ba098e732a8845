import type { Principal } from '#accounts'
import { invalid } from '#errors'
import { type Answer, bodyOf, type Exchange, type Form, type FormFile, header, readForm } from '#http'
import type { BusinessRecord } from '#records'
import type { Session } from '#sessions'
import { response } from './answers.ts'
import { writer } from './caller.ts'
import { titleFrom } from './create-session.ts'
import { Fields } from './fields.ts'
import { folderOf } from './library.ts'
import { beginUpload } from './plan.ts'
import type { Services } from './services.ts'
import { uploaded } from './session-view.ts'

/** `POST /api/2.0/files/{folderId}/upload`, `…/insert`: a whole file in one form. */
export async function upload(services: Services, exchange: Exchange, id = ''): Promise<Answer> {
  const principal = await writer(services, exchange)
  const folder = await folderOf(services, principal, id)
  const { req, origin } = exchange
  const form = await readForm(bodyOf(req), header(req, 'content-type'), { file: null, files: 1 })
  try {
    if (form.file === null) throw invalid('file', 'is required: a multipart part with a file name')
    const session = await receive(services, exchange, { principal, folder, file: form.file, form })
    const { file } = await uploaded({ services, principal, origin }, session)
    return response(exchange, file)
  } finally {
    form.close()
  }
}

interface Upload {
  readonly principal: Principal
  readonly folder: BusinessRecord
  readonly form: Form
  readonly file: FormFile
}

async function receive(services: Services, exchange: Exchange, upload: Upload): Promise<Session> {
  const { principal, folder, form, file } = upload
  const said = (): Fields => new Fields([...exchange.query, ...form.fields])
  const before = titled(said(), file)
  const createNewIfExist = said().flag('createNewIfExist')
  const wish = { folder, title: before, size: 0, encrypted: false, createNewIfExist, createdAt: null }
  const session = await beginUpload(services, principal, wish)
  // The title was needed before the first byte: one that comes behind the file is too late.
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield* file.body
    if (titled(said(), file) !== before || said().flag('createNewIfExist') !== createNewIfExist)
      throw invalid('title', 'and createNewIfExist must come before the file in the form, or in the query')
  }
  const { stop } = file.body
  const body = { length: null, stop, [Symbol.asyncIterator]: whole }
  try {
    const request = { offset: 0, body, completes: 'now', atomic: true } as const
    return (await services.sessions.append(principal, session.id, request)).session
  } catch (error) {
    // Nobody was told of this session, so nobody would take it up again.
    await services.sessions
      .cancel(principal, session.id)
      .catch((cause: unknown) => services.log.error({ err: cause }))
    throw error
  }
}

const titled = (fields: Fields, { fileName }: FormFile): string =>
  titleFrom(new Fields([['title', fields.text('title') || baseName(fileName ?? '')]]), 'title')

/** What is left of a path that a browser sent along. */
const baseName = (path: string): string => path.split(/[/\\]/).at(-1) ?? ''
