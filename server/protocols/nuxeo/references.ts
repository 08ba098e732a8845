import type { Content } from '#records'
import type { Session } from '#sessions'
import { type Batch, fileAt, findBatch } from './batch.ts'
import { isGone } from './errors.ts'
import { keepsBatch } from './headers.ts'
import type { Call } from './services.ts'

/** The files of batches that one request refers to. */
export class References {
  readonly #call: Call
  readonly #batches = new Map<string, Batch>()
  #unresolved = false

  constructor(call: Call) {
    this.#call = call
  }

  /** The finished file; null for a reference to nothing, or to a file that is not complete. */
  async content(batchId: string, fileId: string | null): Promise<Content | null> {
    const { services } = this.#call
    const batch = fileId === null ? null : await this.#batch(batchId)
    const session = batch === null || fileId === null ? null : await fileAt(services, batch, fileId)
    if (batch === null || session === null || session.status !== 'COMPLETED') {
      this.#unresolved = true
      return null
    }
    return contentOf(this.#call, batch, session)
  }

  /** @throws Refusal NOT_FOUND */
  async require(batchId: string): Promise<Batch> {
    const batch = await findBatch(this.#call, batchId)
    this.#batches.set(batchId, batch)
    return batch
  }

  /** Notes that something referred to is missing. */
  missing(): void {
    this.#unresolved = true
  }

  async #batch(batchId: string): Promise<Batch | null> {
    const known = this.#batches.get(batchId)
    if (known !== undefined) return known
    try {
      return await this.require(batchId)
    } catch (error) {
      if (isGone(error)) return null
      throw error
    }
  }

  /**
   * Contract: "A batch is dropped only after a document request that succeeded and whose every reference resolved."
   * The original drops it in any case (section 4: "success or failure").
   */
  async used(succeeded: boolean): Promise<void> {
    const { services, strict, exchange } = this.#call
    if (keepsBatch(exchange)) return
    if (!strict && (!succeeded || this.#unresolved)) return
    for (const { group, actor } of this.#batches.values())
      await services.sessions.groups.drop(actor, group.id).catch((error: unknown) => {
        if (!isGone(error)) throw error
      })
  }
}

/** A finished file of a batch as it goes into a document. */
export async function contentOf({ services }: Call, { actor }: Batch, { id }: Session): Promise<Content> {
  const { session, file } = await services.sessions.finished(actor, id)
  const { fileName, contentType } = session
  return { file, name: fileName ?? id, contentType, session: id }
}
