import type { DetailedError } from 'tus-js-client'
import { explain } from '../api/explain.ts'
import { Problem, problemOf } from '../api/problem.ts'
import type { Gate } from './gate.ts'
import { Answered, type UploadRequest, type UploadResponse } from './http-stack.ts'
import type { Integrity, Sending } from './integrity.ts'
import { sessionOf } from './integrity.ts'
import type { LiveUploads } from './live.ts'
import { Refusal } from './refusal.ts'
import { verdict } from './retry.ts'

/** What happens around each request of an upload: wait, prove, send, judge the answer. */
export class Sender {
  readonly #gate: Gate
  readonly #integrity: Integrity
  readonly #live: LiveUploads
  #notBefore = new Map<string, number>()

  constructor(gate: Gate, integrity: Integrity, live: LiveUploads) {
    this.#gate = gate
    this.#integrity = integrity
    this.#live = live
  }

  async before(request: UploadRequest, file: Sending): Promise<void> {
    request.fileID = file.id
    request.onAnswer = (answer) => this.#answered(request, answer)
    try {
      await this.#prepare(request, file)
    } catch (error) {
      if (!request.signal.aborted) throw error
    }
    if (request.signal.aborted) await new Promise(() => {})
  }

  /** True when it is to be tried again; else the reason has been written down. */
  shouldRetry(error: DetailedError): boolean {
    const request = error.originalRequest as UploadRequest
    const { fileID } = request
    const cause = error.causingError
    this.#live.patch(fileID, { checking: false, declaring: false })
    if (cause instanceof Refusal) {
      this.#live.patch(fileID, { problem: cause.explanation, changed: cause.changed })
      return false
    }
    const { status, retryAfter } = outcome(error)
    const what = verdict(request.getMethod(), status, retryAfter)
    if (!what.retry) {
      void this.#explain(fileID, error)
      return false
    }
    this.#live.patch(fileID, { waitingFor: what.wait })
    if (what.wait === 'server') this.#gate.suspectServer()
    if (what.wait === 'sign-in') this.#gate.signedOut(true)
    this.#notBefore.set(fileID, Date.now() + what.seconds * 1000)
    return true
  }

  async #prepare(request: UploadRequest, file: Sending): Promise<void> {
    await this.#gate.pass(request.signal)
    await until(this.#notBefore.get(file.id) ?? 0)
    await this.#gate.pass(request.signal)
    if (request.getMethod() === 'POST') await this.#integrity.beforeCreation(request, file)
    if (request.getMethod() === 'PATCH') await this.#integrity.beforeChunk(request, file)
  }

  #answered(request: UploadRequest, answer: UploadResponse): void {
    const status = answer.getStatus()
    if (status < 200 || status >= 300 || request.getMethod() === 'DELETE') return
    const url = answer.getHeader('Location') ?? request.getURL()
    const stored = Number(answer.getHeader('Upload-Offset') ?? 0)
    this.#notBefore.delete(request.fileID)
    this.#live.patch(request.fileID, { waitingFor: null, sessionID: sessionOf(url), stored })
  }

  async #explain(fileID: string, error: DetailedError): Promise<void> {
    const { status } = outcome(error)
    const body = error.originalResponse?.getBody() ?? ''
    const problem =
      error.causingError instanceof Problem
        ? error.causingError
        : await problemOf(new Response(body || null, { status: status < 200 ? 500 : status }))
    const plain = body !== '' && !body.startsWith('{') && problem.message === ''
    this.#live.patch(fileID, {
      problem: explain(plain ? new Problem(status, problem.code, body) : problem),
    })
  }
}

function outcome(error: DetailedError): { status: number; retryAfter: number | null } {
  const cause = error.causingError
  if (cause instanceof Answered || cause instanceof Problem) return cause
  const response = error.originalResponse as UploadResponse | null
  return { status: response?.getStatus() ?? 0, retryAfter: response?.retryAfter ?? null }
}

function until(moment: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - Date.now())))
}
