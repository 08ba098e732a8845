import { invalid } from '#errors'
import { type Answer, bodyOf, type Exchange, json, readJSON } from '#http'
import { writer } from './caller.ts'
import { attributesOf, typeOf } from './file.ts'
import { assertExtension, cleanName, extensionOf, givenExtension, sameExtension } from './names.ts'
import { readStart } from './schemas.ts'
import type { Services } from './services.ts'

/** Contract, section 7: "24 h default setting, fixed (do not slide …)" */
const LIFE = 24 * 60 * 60_000

export const lifeOf = ({ config }: Services) => ({ ms: config.sessionTTL ?? LIFE, sliding: false })

/** `POST /api/public/files/session/start` */
export async function start(services: Services, exchange: Exchange): Promise<Answer> {
  const principal = await writer(services, exchange)
  const { fileContext, totalChunks, fileExtension, fileName, fileSize, del } = readStart(
    await readJSON(bodyOf(exchange.req)),
  )
  const extension = givenExtension(fileExtension)
  assertExtension(extension, fileContext, services.config.kore.extensions)
  const session = await services.sessions.create(principal, {
    protocol: 'kore',
    fileName: nameWith(extension, fileName),
    contentType: typeOf(extension),
    size: fileSize,
    firstChunk: 0,
    totalChunks,
    attributes: attributesOf({ extension, fileContext, del: String(del) === 'true', single: false }),
    life: lifeOf(services),
  })
  return json(200, { sessionId: session.id, expirationDate: new Date(session.expiresAt).toISOString() })
}

/** "it must equal fileName's extension …; fileName without extension is allowed and takes fileExtension" */
function nameWith(extension: string, fileName: string): string {
  const name = cleanName(fileName)
  const own = extensionOf(name)
  if (own === '') return `${name === '' ? 'file' : name.replace(/\.+$/, '')}.${extension}`
  if (sameExtension(own, extension)) return name
  throw invalid('fileExtension', `is "${extension}", but the extension of fileName is "${own}"`)
}
