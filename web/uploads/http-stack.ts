import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client'
import { secondsOf } from '../api/problem.ts'

/** Without a byte moved for this long the connection is taken for dead. */
const STALLED_SENDING = 60_000
const STALLED_WAITING = 600_000
const WATCH_EVERY = 5000

/** An answer on which the stock client would wrongly start a new upload. */
export class Answered extends Error {
  readonly status: number
  readonly retryAfter: number | null

  constructor(status: number, retryAfter: number | null) {
    super(`the server answered ${status}`)
    this.status = status
    this.retryAfter = retryAfter
  }
}

/**
 * The requests of tus-js-client over XMLHttpRequest, with three differences: a header
 * set twice is replaced, a given-up request never settles even while it waits for its
 * turn, and a dead connection is noticed.
 */
export class UploadRequest implements HttpRequest {
  readonly #method: string
  readonly #url: string
  readonly #xhr = new XMLHttpRequest()
  readonly #headers: Record<string, string> = {}
  readonly #abort = new AbortController()
  #progress: ((bytesSent: number) => void) | null = null
  #moved = Date.now()
  /** Whose bytes these are; set before the request is sent. */
  fileID = ''
  onAnswer: (response: UploadResponse) => void = () => {}

  constructor(method: string, url: string) {
    this.#method = method
    this.#url = url
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  getMethod = () => this.#method
  getURL = () => this.#url
  getHeader = (name: string) => this.#headers[name]
  getUnderlyingObject = () => this.#xhr

  setHeader(name: string, value: string): void {
    this.#headers[name] = value
  }

  setProgressHandler(handler: (bytesSent: number) => void): void {
    this.#progress = handler
  }

  async abort(): Promise<void> {
    this.#abort.abort()
    this.#xhr.abort()
  }

  send(body: Blob | null = null): Promise<UploadResponse> {
    if (this.signal.aborted) return new Promise(() => {})
    return new Promise((resolve, reject) => {
      const xhr = this.#xhr
      xhr.open(this.#method, this.#url, true)
      for (const [name, value] of Object.entries(this.#headers)) xhr.setRequestHeader(name, value)
      const unwatch = this.#watch(body !== null, reject)
      xhr.onload = () => {
        unwatch()
        this.#settle(resolve, reject)
      }
      xhr.onerror = () => {
        unwatch()
        reject(new Error('the connection was lost'))
      }
      xhr.send(body)
    })
  }

  #settle(resolve: (response: UploadResponse) => void, reject: (error: Error) => void): void {
    const response = new UploadResponse(this.#xhr)
    const status = response.getStatus()
    this.onAnswer(response)
    const gone = status === 404 || status === 410 || status === 423
    if (this.#method === 'HEAD' && status >= 400 && status < 500 && !gone)
      reject(new Answered(status, response.retryAfter))
    else resolve(response)
  }

  #watch(sending: boolean, stalled: (error: Error) => void): () => void {
    const xhr = this.#xhr
    let limit = sending ? STALLED_SENDING : STALLED_WAITING
    this.#moved = Date.now()
    xhr.upload.onprogress = (event) => {
      this.#moved = Date.now()
      if (event.lengthComputable) this.#progress?.(event.loaded)
    }
    xhr.upload.onload = () => {
      limit = STALLED_WAITING
    }
    const timer = setInterval(() => {
      if (Date.now() - this.#moved < limit) return
      clearInterval(timer)
      xhr.abort()
      stalled(new Error('the connection stalled'))
    }, WATCH_EVERY)
    this.signal.addEventListener('abort', () => clearInterval(timer))
    return () => clearInterval(timer)
  }
}

export class UploadResponse implements HttpResponse {
  readonly #xhr: XMLHttpRequest

  constructor(xhr: XMLHttpRequest) {
    this.#xhr = xhr
  }

  getStatus = () => this.#xhr.status
  getHeader = (name: string) => this.#xhr.getResponseHeader(name) ?? undefined
  getBody = () => this.#xhr.responseText
  getUnderlyingObject = () => this.#xhr

  get retryAfter(): number | null {
    return secondsOf(this.#xhr.getResponseHeader('retry-after'))
  }
}

export const uploadStack: HttpStack = {
  createRequest: (method: string, url: string) => new UploadRequest(method, url),
  getName: () => 'slipway',
}
