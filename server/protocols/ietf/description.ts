import { invalid } from '#errors'
import type { Digests, Location, NewSession } from '#sessions'
import type { Call } from './call.ts'
import { reprDigest, wantedDigests } from './digests.ts'
import type { Fields } from './fields.ts'
import { fileName, mediaType } from './name.ts'

/** What `Upload-Metadata` says of a file: tus clients send it in their IETF modes too. */
export interface Metadata {
  /** null when there was none */
  readonly raw: string | null
  readonly fileName: string | null
  readonly contentType: string | null
  readonly declared: Digests
  readonly location: Location | undefined
  readonly target: { readonly table: string; readonly record: string } | null
}

/** What a creation says of the file itself. The draft's own fields go first. */
export function description({ services, fields }: Call): Omit<NewSession, 'protocol' | 'life'> {
  refuseDeferral(fields)
  const told = services.metadata(fields.text('Upload-Metadata'))
  const declared = reprDigest(fields)
  const { sha256 } = told.declared
  if (sha256 !== undefined && declared.sha256 !== undefined && sha256.toLowerCase() !== declared.sha256)
    throw invalid('Repr-Digest', 'gives another sha-256 than Upload-Metadata does')
  return {
    fileName: fileName(fields) ?? told.fileName,
    contentType: mediaType(fields) ?? told.contentType,
    declared: { ...told.declared, ...declared },
    wanted: wantedDigests(fields),
    ...(told.location === undefined ? {} : { location: told.location }),
    target: told.target,
    attributes: told.raw === null ? {} : { metadata: told.raw },
  }
}

/** tus-js-client announces a length that comes later with the field of tus, whichever protocol it speaks. */
function refuseDeferral(fields: Fields): void {
  const deferral = fields.text('Upload-Defer-Length')
  if (deferral === undefined) return
  if (deferral.trim() !== '1') throw invalid('Upload-Defer-Length', 'must be 1')
  if (fields.has('Upload-Length'))
    throw invalid('Upload-Defer-Length', 'says that the length comes later, but Upload-Length is there')
}
