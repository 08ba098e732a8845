import { useEffect, useRef } from 'react'
import { announce } from '../shell/announcer.tsx'
import { useUploads } from './queue-context.tsx'
import type { UploadState } from './state.ts'
import type { UploadView } from './view.ts'

const WORTH_SAYING: Partial<Record<UploadState, (names: string) => string>> = {
  uploading: (names) => `Uploading ${names}`,
  offline: (names) => `Offline. ${names} will go on when the network is back`,
  'server away': (names) => `The server does not answer. ${names} will go on when it is back`,
  filed: (names) => `Filed: ${names}`,
  stored: (names) => `Stored: ${names}`,
  failed: (names) => `Failed: ${names}`,
}

/** Says aloud what changed; many files at once are counted, not listed. */
export function UploadAnnouncements() {
  const uploads = useUploads()
  const before = useRef(new Map<string, UploadState>())
  useEffect(() => {
    const changed = uploads.filter(({ id, state }) => before.current.get(id) !== state)
    before.current = new Map(uploads.map(({ id, state }) => [id, state]))
    for (const [state, say] of Object.entries(WORTH_SAYING)) {
      const group = changed.filter((upload) => upload.state === state)
      if (group.length > 0) announce(say(namesOf(group)))
    }
  }, [uploads])
  return null
}

function namesOf(uploads: UploadView[]): string {
  const [first] = uploads
  if (uploads.length > 2 || !first) return `${uploads.length} files`
  return uploads.map(({ name, problem }) => (problem ? `${name}, ${problem.reason}` : name)).join(' and ')
}
