import { type Answer, bodyOf, type FormFile, header, readForm } from '#http'
import type { BusinessRecord, Content } from '#records'
import { lifeOf } from './batch.ts'
import { indexOf, lengthOf, MAIN } from './blobs.ts'
import { NuxeoError } from './errors.ts'
import type { Call } from './services.ts'
import { typeOf } from './types.ts'
import { receiveWhole } from './whole.ts'

/** `PUT …/@blob/{xpath}`: the old way to replace a blob, by a form with a file. */
export async function replace(call: Call, record: BusinessRecord, xpath: string): Promise<Answer> {
  const { exchange, services, principal } = call
  const slot = xpath === 'blobholder:0' ? MAIN : xpath
  const index = indexOf(slot)
  if (typeOf(record).folder || (slot !== MAIN && (index === null || index >= lengthOf(record))))
    throw new NuxeoError(404, `there is no place for a blob at ${xpath}`)
  const type = header(exchange.req, 'content-type')
  const { file, close } = await readForm(bodyOf(exchange.req), type, { file: null })
  if (file === null) throw new NuxeoError(400, 'the form holds no file')
  try {
    const content = await receive(call, file)
    const slots = new Map([[slot, content]])
    await services.sessions.saveDocument(principal, { document: record.uid, slots })
  } finally {
    close()
  }
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'blob updated' }
}

async function receive({ services, principal }: Call, file: FormFile): Promise<Content> {
  const { sessions, config } = services
  const { fileName, contentType, body } = file
  const { id } = await sessions.create(principal, {
    protocol: 'nuxeo',
    fileName,
    contentType,
    wanted: ['md5'],
    life: lifeOf(config),
  })
  const { file: stored } = await receiveWhole(services, principal, id, body, () =>
    sessions.finished(principal, id),
  )
  return { file: stored, name: fileName ?? id, contentType, session: id }
}
