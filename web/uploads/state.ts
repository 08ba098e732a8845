import type { Explanation } from '../api/explain.ts'
import type { Session } from '../api/types.ts'

export type UploadState =
  | 'waiting'
  | 'checking'
  | 'uploading'
  | 'paused'
  | 'offline'
  | 'server away'
  | 'no room'
  | 'signed out'
  | 'verifying'
  | 'filed'
  | 'stored'
  | 'failed'

/** Everything that is known here about one file on its way, from all sides. */
export interface Facts {
  started: boolean
  paused: boolean
  /** All bytes were sent and the server has answered the last request. */
  delivered: boolean
  problem: Explanation | null
  online: boolean
  waitingFor: 'server' | 'sign-in' | 'room' | 'moment' | null
  checking: boolean
  declaring: boolean
  digest: string | null
  session: Session | null
}

export function stateOf(facts: Facts): UploadState {
  const { session } = facts
  if (facts.problem || failedOnServer(facts)) return 'failed'
  if (session?.status === 'COMPLETED') return session.target ? 'filed' : 'stored'
  if (facts.delivered || session?.status === 'PROCESSING') return 'verifying'
  if (facts.paused) return 'paused'
  if (!facts.online) return 'offline'
  if (facts.waitingFor === 'server') return 'server away'
  if (facts.waitingFor === 'sign-in') return 'signed out'
  if (facts.waitingFor === 'room') return 'no room'
  if (!facts.started) return 'waiting'
  if (facts.checking) return 'checking'
  return facts.declaring ? 'verifying' : 'uploading'
}

function failedOnServer({ session, digest }: Facts): boolean {
  if (!session) return false
  if (session.status === 'FAILED' || session.status === 'CANCELED') return true
  return session.status === 'COMPLETED' && contradicts(session, digest)
}

/** The server's word and ours about the same file do not agree. */
export function contradicts(session: Session, digest: string | null): boolean {
  if (session.verified === false) return true
  return digest !== null && session.sha256 !== null && session.sha256 !== digest
}

/** Equal digests on both sides; anything less is not called verified. */
export function isVerified(session: Session | null, digest: string | null): boolean {
  if (session?.status !== 'COMPLETED' || !session.sha256) return false
  return session.verified === true || session.sha256 === digest
}

export function reasonOf(facts: Facts): Explanation | null {
  const { session, problem } = facts
  if (session?.status === 'COMPLETED' && contradicts(session, facts.digest)) return MISMATCH
  if (session?.status === 'CANCELED')
    return { reason: 'The upload was canceled', advice: 'Add the file again if it is needed.' }
  if (problem) return problem
  if (session?.status === 'FAILED')
    return {
      reason: session.failure ?? 'The server could not finish this upload',
      advice: 'Nothing was filed. Start anew.',
    }
  return null
}

const MISMATCH: Explanation = {
  reason: 'The stored bytes are not the bytes of your file: the SHA-256 differs',
  advice: 'Do not rely on the stored copy. Start anew and tell an administrator.',
}
