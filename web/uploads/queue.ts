import { cancelSession } from '../api/sessions.ts'
import type { Session } from '../api/types.ts'
import { liveSessions, refresh, TERMINAL } from '../sessions/live.ts'
import { createEngine, type Engine, forgetUpload } from './engine.ts'
import { fingerprint } from './fingerprint.ts'
import { Gate } from './gate.ts'
import { Hashes } from './hashes.ts'
import { Integrity, sessionOf } from './integrity.ts'
import { LiveUploads } from './live.ts'
import { Paused } from './paused.ts'
import {
  type Consignment,
  metaOf,
  namedApart,
  type QueueFile,
  sentFields,
  targetOfSession,
} from './queue-types.ts'
import { Sender } from './sender.ts'

/** The event usually tells sooner; the question is for when it was missed. */
const EVENT_EXPECTED = 1000
const ASK_AGAIN = 4000

export interface Added {
  added: number
  /** Files that are already on their way to the same place. */
  duplicates: string[]
}

/** Every upload of this browser for one user, from the drop to the filed record. */
export class Queue {
  readonly gate = new Gate()
  readonly live = new LiveUploads()
  readonly engine: Engine
  readonly #hashes = new Hashes()
  readonly #user: string
  readonly #paused: Paused
  /** Files that the engine is working on since this page was opened. */
  #attached = new Set<string>()

  constructor(user: string) {
    this.#user = user
    this.#paused = new Paused(user)
    const integrity = new Integrity(this.#hashes, this.live)
    this.engine = createEngine(user, new Sender(this.gate, integrity, this.live))
    this.engine.on('upload-progress', (file, progress) => {
      if (file) this.live.patch(file.id, { sent: progress.bytesUploaded || 0 })
    })
    this.engine.on('upload-success', (file) => {
      if (file) setTimeout(() => void this.#settle(file.id), EVENT_EXPECTED)
    })
    this.engine.on('upload-error', (file, error) => this.#failed(file?.id, error))
    this.engine.on('restored', () => this.#goOn())
  }

  files(): QueueFile[] {
    return this.engine.getFiles()
  }

  add(batch: Consignment[]): Added {
    const consignments = namedApart(batch)
    const ids = consignments.map((one) => this.#put(one))
    const started = ids.filter((id) => id !== null)
    for (const id of started) this.#start(id)
    const duplicates = consignments.filter((_, index) => ids[index] === null)
    return { added: started.length, duplicates: duplicates.map((one) => one.name) }
  }

  /** Takes up a session, perhaps begun elsewhere; its bytes are compared before any is sent. */
  continue(session: Session, data: File): Added {
    const uploadUrl = session.links.upload ?? session.uploadUrl ?? `/files/${session.id}`
    return this.add([
      {
        data,
        name: session.fileName,
        type: session.contentType ?? data.type,
        path: `continue/${session.id}`,
        target: targetOfSession(session),
        uploadUrl: new URL(uploadUrl, location.origin).href,
      },
    ])
  }

  pause(id: string): void {
    this.#paused.set(id, true)
    if (!this.engine.getFile(id)?.isPaused) this.engine.pauseResume(id)
  }

  resume(id: string): void {
    this.#paused.set(id, false)
    if (!this.#attached.has(id)) this.retry(id)
    else if (this.engine.getFile(id)?.isPaused) this.engine.pauseResume(id)
  }

  retry(id: string): void {
    this.#paused.set(id, false)
    this.live.patch(id, { problem: null, changed: false, waitingFor: null })
    this.engine.setFileState(id, { isPaused: false })
    this.#start(id)
  }

  /** A new upload of the file as it is now, whatever became of the one before. */
  startAnew(id: string): void {
    this.#paused.set(id, false)
    forgetUpload(this.engine, id)
    this.live.delete(id)
    this.retry(id)
  }

  /** Ends the upload on the server as well, except one that this file turned out not to belong to. */
  cancel(id: string): void {
    const { sessionID, changed } = this.live.of(id)
    const session = sessionID ? liveSessions.get(sessionID) : null
    this.dismiss(id)
    if (sessionID && !changed && !TERMINAL.has(session?.status ?? ''))
      void cancelSession(sessionID).catch(() => undefined)
  }

  dismiss(id: string): void {
    this.#paused.set(id, false)
    const file = this.engine.getFile(id)
    if (!file) return
    if (file.data instanceof Blob) this.#hashes.stop(file.data)
    if (file.error || !file.progress.uploadComplete) forgetUpload(this.engine, id)
    this.engine.removeFile(id)
    this.#attached.delete(id)
    this.live.delete(id)
  }

  /** The user signed out: nothing is lost, it waits for their return. */
  close(): void {
    this.engine.pauseAll()
    this.gate.close()
    for (const file of this.files()) if (file.data instanceof Blob) this.#hashes.stop(file.data)
  }

  #put(one: Consignment): string | null {
    const { data, name, type, path, target, uploadUrl } = one
    const lastModified = data instanceof File ? data.lastModified : 0
    const marks = { name, type, size: data.size, lastModified, relativePath: path }
    const id = fingerprint(this.#user, target, marks)
    const known = this.engine.getFile(id)
    if (known && !known.error && !known.progress.uploadComplete && !known.isGhost) return null
    if (known) this.dismiss(id)
    const meta = metaOf(one)
    this.engine.setOptions({ onBeforeFileAdded: (file) => ({ ...file, id }) })
    this.engine.addFile({ name, type, data, meta, source: 'slipway' })
    this.engine.setFileState(id, {
      tus: { allowedMetaFields: sentFields(meta), ...(uploadUrl && { uploadUrl }) },
    })
    return id
  }

  #start(id: string): void {
    this.#attached.add(id)
    void this.engine.retryUpload(id).catch(() => undefined)
  }

  #failed(id: string | undefined, error: { message: string }): void {
    if (!id || this.live.of(id).problem) return
    const advice = 'Press "Try again". If it stays, start anew.'
    setTimeout(() => {
      if (!this.live.of(id).problem) this.live.patch(id, { problem: { reason: error.message, advice } })
    }, 500)
  }

  /** Sent and answered; filed only when the server says so. */
  async #settle(id: string): Promise<void> {
    const { sessionID } = this.live.of(id)
    if (!sessionID || TERMINAL.has(liveSessions.get(sessionID)?.status ?? '')) return
    const session = await refresh(sessionID)
    if (TERMINAL.has(session?.status ?? '') || !this.engine.getFile(id)) return
    setTimeout(() => void this.#settle(id), ASK_AGAIN)
  }

  /** After a reload everything goes on, except what was paused or has failed. */
  #goOn(): void {
    this.engine.setState({ recoveredState: null, currentUploads: {} })
    for (const file of this.files()) {
      const sessionID = sessionOf(file.tus?.uploadUrl ?? '') || null
      if (sessionID) this.live.patch(file.id, { sessionID })
      if (file.isGhost) this.engine.removeFile(file.id)
      else if (file.progress.uploadComplete) void this.#settle(file.id)
      else if (this.#paused.has(file.id)) this.engine.setFileState(file.id, { isPaused: true })
      else if (!file.error && !file.isPaused) this.#start(file.id)
    }
  }
}
