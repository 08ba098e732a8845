import { Problem } from '../api/problem.ts'
import { declareDigest, prefix } from '../api/sessions.ts'
import type { Hashes } from './hashes.ts'
import type { UploadRequest } from './http-stack.ts'
import type { LiveUploads } from './live.ts'
import { fileChanged } from './refusal.ts'

export const CHUNK = 8 * 1024 * 1024

/** Up to one chunk a file is hashed first, and its digest goes along with its creation. */
const isSmall = (size: number) => size <= CHUNK

export interface Sending {
  id: string
  blob: Blob
}

/**
 * Stands between a file and the wire. A new upload declares its digest; one that is
 * taken up again must begin with the very bytes the server holds; the last chunk
 * leaves only after the digest of the whole file was declared.
 */
export class Integrity {
  readonly #hashes: Hashes
  readonly #live: LiveUploads
  /** The upload of which this very file was proven to be the continuation. */
  #proven = new WeakMap<Blob, string>()
  #declared = new WeakMap<Blob, string>()
  #createdWithDigest = new WeakSet<Blob>()

  constructor(hashes: Hashes, live: LiveUploads) {
    this.#hashes = hashes
    this.#live = live
  }

  async beforeCreation(request: UploadRequest, file: Sending): Promise<void> {
    const digest = this.#digest(file)
    if (!isSmall(file.blob.size)) return
    const metadata = request.getHeader('Upload-Metadata')
    const pair = `sha256 ${btoa(await digest)}`
    request.setHeader('Upload-Metadata', metadata ? `${metadata},${pair}` : pair)
    this.#createdWithDigest.add(file.blob)
  }

  async beforeChunk(request: UploadRequest, file: Sending): Promise<void> {
    const url = request.getURL()
    const offset = Number(request.getHeader('Upload-Offset'))
    if (this.#proven.get(file.blob) !== url) await this.#prove(url, offset, file, request.signal)
    const digest = this.#digest(file)
    if (offset + CHUNK < file.blob.size || this.#declared.get(file.blob) === url) return
    this.#live.patch(file.id, { declaring: true })
    await declare(url, await digest, request.signal)
    this.#declared.set(file.blob, url)
    this.#live.patch(file.id, { declaring: false })
  }

  #digest(file: Sending): Promise<string> {
    const digest = this.#hashes.whole(file.blob, (hashed) => this.#live.patch(file.id, { hashed }))
    digest.then(
      (sha256) => this.#live.patch(file.id, { digest: sha256, hashed: file.blob.size }),
      () => undefined,
    )
    return digest
  }

  async #prove(url: string, offset: number, file: Sending, signal: AbortSignal): Promise<void> {
    if (offset > 0) await this.#compare(url, file, signal)
    else if (this.#createdWithDigest.delete(file.blob)) this.#declared.set(file.blob, url)
    this.#proven.set(file.blob, url)
  }

  async #compare(url: string, { id, blob }: Sending, signal: AbortSignal): Promise<void> {
    this.#live.patch(id, { checking: true, hashed: 0 })
    const held = await prefix(sessionOf(url), signal)
    if (held.length > blob.size) throw fileChanged()
    const onProgress = (hashed: number) => this.#live.patch(id, { hashed })
    const ours = await this.#hashes.prefix(blob, held.length, onProgress)
    if (ours !== held.sha256) throw fileChanged()
    this.#live.patch(id, { checking: false })
  }
}

/** A digest other than the one declared before means another file. */
async function declare(url: string, sha256: string, signal: AbortSignal): Promise<void> {
  await declareDigest(sessionOf(url), sha256, signal).catch((error: unknown) => {
    if (error instanceof Problem && error.status === 409) throw fileChanged()
    throw error
  })
}

export function sessionOf(uploadUrl: string): string {
  return new URL(uploadUrl, 'http://localhost').pathname.split('/').pop() ?? ''
}
