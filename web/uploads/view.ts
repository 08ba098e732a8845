import { type Explanation, explain } from '../api/explain.ts'
import { Problem } from '../api/problem.ts'
import type { Session, Target } from '../api/types.ts'
import type { Reach } from './gate.ts'
import type { Live } from './live.ts'
import { type QueueFile, targetOf, targetOfSession } from './queue-types.ts'
import { type Facts, isVerified, reasonOf, stateOf, type UploadState } from './state.ts'

/** One line of the upload list. */
export interface UploadView {
  id: string
  name: string
  path: string | null
  size: number
  target: Target | null
  state: UploadState
  /** Given to the network, not yet known to be safe. */
  sent: number
  /** On the server's disk, by its own word. */
  stored: number
  hashed: number
  digest: string | null
  verified: boolean
  problem: Explanation | null
  changed: boolean
  session: Session | null
}

interface Seen {
  live: Live
  session: Session | null
  reach: Reach
  view: UploadView
}

/** Makes a view anew only when something of it changed, so that quiet lines stay as they are. */
export class Viewer {
  #seen = new WeakMap<QueueFile, Seen>()

  view(file: QueueFile, live: Live, session: Session | null, reach: Reach): UploadView {
    const seen = this.#seen.get(file)
    if (seen && seen.live === live && seen.session === session && seen.reach === reach) return seen.view
    const view = viewOf(file, live, session, reach)
    this.#seen.set(file, { live, session, reach, view })
    return view
  }
}

function viewOf(file: QueueFile, live: Live, session: Session | null, reach: Reach): UploadView {
  const facts = factsOf(file, live, session, reach)
  const size = file.size ?? 0
  const stored = Math.min(size, Math.max(live.stored, session?.received ?? 0))
  return {
    id: file.id,
    name: file.meta.filename,
    path: file.meta.path && !file.meta.path.startsWith('continue/') ? file.meta.path : null,
    size,
    target: targetOf(file) ?? targetOfSession(session),
    state: stateOf(facts),
    sent: Math.min(size, Math.max(live.sent, stored)),
    stored,
    hashed: live.hashed,
    digest: live.digest ?? session?.sha256 ?? null,
    verified: isVerified(session, live.digest),
    problem: reasonOf(facts),
    changed: live.changed,
    session,
  }
}

function factsOf(file: QueueFile, live: Live, session: Session | null, reach: Reach): Facts {
  const failed = file.error ? explain(new Problem(400, 'failed', file.error)) : null
  return {
    started: live.sessionID !== null || live.hashed > 0 || live.checking,
    paused: file.isPaused ?? false,
    delivered: file.progress.uploadComplete === true,
    problem: live.problem ?? failed,
    online: reach !== 'offline',
    waitingFor: reach === 'server away' ? 'server' : live.waitingFor,
    checking: live.checking,
    declaring: live.declaring,
    digest: live.digest,
    session,
  }
}
