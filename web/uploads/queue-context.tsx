import { createContext, type ReactNode, use, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { liveSessions } from '../sessions/live.ts'
import { useKeyed } from '../ui/store.ts'
import type { Reach } from './gate.ts'
import { sessionOf } from './integrity.ts'
import { Queue } from './queue.ts'
import type { QueueFile } from './queue-types.ts'
import { type UploadView, Viewer } from './view.ts'

const QueueContext = createContext<Queue | null>(null)
const queues = new Map<string, Queue>()

/** One queue for each user, made outside of React so that rendering twice makes one. */
function queueOf(user: string): Queue {
  const queue = queues.get(user) ?? new Queue(user)
  queues.set(user, queue)
  return queue
}

/** The user left; their uploads wait, and go on when they come back. */
export function closeQueue(user: string): void {
  queues.get(user)?.close()
  queues.delete(user)
}

export function QueueProvider({ user, children }: { user: string; children: ReactNode }) {
  return <QueueContext value={queueOf(user)}>{children}</QueueContext>
}

export function useQueue(): Queue {
  const queue = use(QueueContext)
  if (!queue) throw new Error('no queue is provided')
  return queue
}

export function useReach(): Reach {
  const { gate } = useQueue()
  return useSyncExternalStore(gate.subscribe, () => gate.reach)
}

const LOOK_EVERY = 100

/** Uppy changes its state with every packet; ten looks a second are enough. */
function useFiles(): QueueFile[] {
  const queue = useQueue()
  const [files, setFiles] = useState(() => queue.files())
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null
    const read = () => {
      timer = null
      setFiles(queue.files())
    }
    const later = () => {
      timer ??= setTimeout(read, LOOK_EVERY)
    }
    read()
    queue.engine.on('state-update', later)
    return () => {
      if (timer) clearTimeout(timer)
      queue.engine.off('state-update', later)
    }
  }, [queue])
  return files
}

export function useUploads(): UploadView[] {
  const queue = useQueue()
  const files = useFiles()
  const live = useKeyed(queue.live)
  const sessions = useKeyed(liveSessions)
  const reach = useReach()
  return useMemo(
    () =>
      files.map((file) => {
        const known = live.get(file.id) ?? queue.live.of(file.id)
        const session = known.sessionID ?? sessionOf(file.tus?.uploadUrl ?? '')
        return viewer.view(file, known, sessions.get(session) ?? null, reach)
      }),
    [files, live, sessions, reach, queue],
  )
}

const viewer = new Viewer()
