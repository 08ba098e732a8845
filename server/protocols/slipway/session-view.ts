import type { Principal } from '#accounts'
import { hasGaps, isOpen, type Session, verified } from '#sessions'
import { type API, BASE, timestamp, timestampOrNull } from './api.ts'
import { recordName } from './record-view.ts'

/** A session as this API shows it; the same for everybody who may see it. */
export async function viewSession(api: API, session: Session) {
  const self = `${BASE}/sessions/${session.id}`
  const done = session.status === 'COMPLETED'
  // What has no gaps has an offset, and can be continued over tus there, whoever began it.
  const uploadUrl = isOpen(session) && !hasGaps(session) ? `/files/${session.id}` : null
  return {
    id: session.id,
    protocol: session.protocol,
    owner: session.ownerName,
    fileName: session.fileName,
    contentType: session.contentType,
    size: session.size,
    received: session.received,
    sha256: session.computed.sha256 ?? null,
    verified: verified(session),
    location: session.location,
    target: await viewTarget(api, session),
    status: session.status,
    failure: session.failure,
    warning: session.warning,
    createdAt: timestamp(session.createdAt),
    updatedAt: timestamp(session.updatedAt),
    expiresAt: isOpen(session) ? timestamp(session.expiresAt) : null,
    completedAt: timestampOrNull(session.completedAt),
    uploadUrl,
    links: {
      self,
      file: done ? `${self}/file` : null,
      upload: uploadUrl,
      prefix: `${self}/prefix`,
      receipt: done ? `${self}/receipt` : null,
    },
  }
}

/** Proof of what arrived, to be kept by whoever sent it. */
export async function viewReceipt(api: API, session: Session) {
  return {
    session: session.id,
    fileName: session.fileName,
    size: session.size ?? session.received,
    sha256: session.computed.sha256 ?? '',
    declaredSha256: session.declared.sha256 ?? null,
    verified: verified(session),
    owner: session.ownerName,
    completedAt: timestamp(session.completedAt ?? session.updatedAt),
    target: await viewTarget(api, session),
  }
}

async function viewTarget(api: API, session: Session) {
  const { tenant, owner, ownerName, target } = session
  if (target === null || target.table === null || target.record === null) return null
  const { table, record } = target
  const viewer: Principal = { tenant, userID: owner, userName: ownerName, roles: [] }
  return { table, record, name: (await recordName(api, viewer, record)) ?? '' }
}
