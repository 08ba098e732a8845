import type { Explanation } from '../api/explain.ts'
import { Keyed } from '../ui/store.ts'
import type { Facts } from './state.ts'

/** What this browser knows about a file on its way, beside what Uppy keeps. */
export interface Live {
  sessionID: string | null
  sent: number
  stored: number
  hashed: number
  checking: boolean
  declaring: boolean
  digest: string | null
  waitingFor: Facts['waitingFor']
  problem: Explanation | null
  changed: boolean
}

const NOTHING: Live = {
  sessionID: null,
  sent: 0,
  stored: 0,
  hashed: 0,
  checking: false,
  declaring: false,
  digest: null,
  waitingFor: null,
  problem: null,
  changed: false,
}

export class LiveUploads extends Keyed<Live> {
  of(fileID: string): Live {
    return this.get(fileID) ?? NOTHING
  }

  patch(fileID: string, patch: Partial<Live>): void {
    this.set(fileID, { ...this.of(fileID), ...patch })
  }
}
