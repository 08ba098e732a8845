import type { Session } from '#sessions'
import type { Call, Services } from './call.ts'
import type { Dialect, Version } from './versions.ts'

type Headers = Record<string, string>

/** Life of an unfinished upload since its last activity, ms. */
const LIFE = 24 * 3_600_000

export const lifeOf = ({ config }: Services): number => config.sessionTTL ?? LIFE

/**
 * Relative, which is right behind every proxy; absolute only where the operator says who we are to the public. Every
 * answer to a request has the same one: "MUST contain an identical `Location` value".
 */
export function locationOf(
  { services: { config }, exchange }: Pick<Call, 'services' | 'exchange'>,
  id: string,
) {
  const isPublic = config.publicURL !== null || config.trustProxy !== false
  return `${isPublic ? exchange.origin : ''}/files/${id}`
}

/** Draft, 4.1.4: limits as the version names them; `life` in ms is left out for uploads that do not end. */
export function uploadLimit({ config }: Services, { lifetime }: Version, life: number | null): string {
  const limits = [`max-size=${config.maxSize}`, 'min-size=0']
  if (life !== null) limits.push(`${lifetime}=${Math.max(0, Math.floor(life / 1000))}`)
  return limits.join(', ')
}

export const limitOf = (services: Services, dialect: Dialect, session: Session): string =>
  uploadLimit(services, dialect, isComplete(session) ? null : session.expiresAt - Date.now())

export const isComplete = ({ status }: Session): boolean => status === 'COMPLETED'

/** The field that says whether an upload is complete, as the version has it. */
export const completenessField = ({ completeness }: Dialect, complete: boolean): Headers => ({
  [completeness]: complete === (completeness === 'Upload-Complete') ? '?1' : '?0',
})

/** Where an upload stands, for every answer about it. */
export function stateHeaders({ services, dialect }: Call, session: Session, complete: boolean): Headers {
  return {
    'Upload-Offset': String(session.offset),
    ...completenessField(dialect, complete),
    'Upload-Limit': limitOf(services, dialect, session),
    ...versionField(dialect),
  }
}

export const versionField = ({ named }: Dialect): Headers =>
  named === null ? {} : { 'Upload-Draft-Interop-Version': String(named) }
