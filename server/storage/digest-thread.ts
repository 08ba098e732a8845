/** The thread behind `ThreadDigests`: keeps digest states and reads the bytes for them from the files themselves. */
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { Algorithm, Digests, Segment } from '#sessions'
// The thread loads nothing of the core but this: its memory is one file's worth.
import { after, DigestState, usable } from '#sessions/digests'
import { objectPath } from './object-path.ts'

export type Task =
  /** a state to extend from `at`, under `token`; it takes the place of one begun before for the same session */
  | { do: 'begin'; id: string; token: number; at: number; algorithms: Algorithm[] }
  | { do: 'extend'; id: string; token: number; segment: Segment }
  | { do: 'keep'; id: string; token: number }
  | { do: 'forget'; id: string }
  | { do: 'digest'; id: string; call: number; algorithms: Algorithm[]; segments: readonly Segment[] }

export type Report =
  | { said: 'extended'; token: number; length: number }
  | { said: 'digested'; call: number; digests: Digests }
  | { said: 'failed'; call: number; message: string }

const root = workerData as string
const buffer = Buffer.allocUnsafe(1024 * 1024)
const kept = new Map<string, DigestState>()
const begun = new Map<string, { token: number; state: DigestState | null }>()

function read(state: DigestState, segment: Segment): void {
  const { object, position, length } = segment
  if (length === 0) return
  const file = openSync(objectPath(root, object), 'r')
  try {
    for (let done = 0; done < length; ) {
      const count = readSync(file, buffer, 0, Math.min(buffer.length, length - done), position + done)
      if (count === 0) throw new Error(`object ${object} ends before byte ${position + length}`)
      state.update(buffer.subarray(0, count))
      done += count
    }
    state.written(segment)
  } finally {
    closeSync(file)
  }
}

function begin({ id, token, at, algorithms }: Extract<Task, { do: 'begin' }>): void {
  const before = kept.get(id)
  const fits = before?.at === at && before.covers(algorithms)
  begun.set(id, { token, state: at === 0 ? new DigestState(algorithms) : fits ? before.copy() : null })
}

/** Always reports, so that the writer never waits in vain; a state that could not be extended is never kept. */
function extend({ id, token, segment }: Extract<Task, { do: 'extend' }>): Report {
  const working = begun.get(id)
  if (working?.token === token && working.state !== null) {
    try {
      read(working.state, segment)
    } catch {
      working.state = null
    }
  }
  return { said: 'extended', token, length: segment.length }
}

function keep({ id, token }: Extract<Task, { do: 'keep' }>): void {
  const working = begun.get(id)
  if (working?.token !== token) return
  begun.delete(id)
  if (working.state === null) kept.delete(id)
  else kept.set(id, working.state)
}

function digest({ id, call, algorithms, segments }: Extract<Task, { do: 'digest' }>): Report {
  try {
    const state = usable(kept.get(id), algorithms, segments)
    for (const segment of after(segments, state.at)) read(state, segment)
    kept.set(id, state)
    return { said: 'digested', call, digests: state.digest() }
  } catch (error) {
    return { said: 'failed', call, message: (error as Error).message }
  }
}

parentPort?.on('message', (task: Task) => {
  if (task.do === 'begin') begin(task)
  if (task.do === 'extend') parentPort?.postMessage(extend(task))
  if (task.do === 'keep') keep(task)
  if (task.do === 'digest') parentPort?.postMessage(digest(task))
  if (task.do !== 'forget') return
  kept.delete(task.id)
  begun.delete(task.id)
})
