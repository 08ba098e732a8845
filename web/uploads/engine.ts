import Uppy from '@uppy/core'
import GoldenRetriever, { type GoldenRetrieverOptions } from '@uppy/golden-retriever'
import Tus from '@uppy/tus'
import { type UploadRequest, uploadStack } from './http-stack.ts'
import { CHUNK } from './integrity.ts'
import type { QueueBody, QueueMeta } from './queue-types.ts'
import { retryDelays } from './retry.ts'
import type { Sender } from './sender.ts'

/** Browsers hold six connections to a host; the page itself and its events need some. */
const AT_ONCE = 3
const GIB = 1024 ** 3
/** Larger files are asked for again after a reload instead of being copied. */
const KEPT_FILE = GIB
const KEPT_TOTAL = 4 * GIB
const KEPT_FOR = 7 * 24 * 3600 * 1000

export type Engine = Uppy<QueueMeta, QueueBody>

/** Uppy without a face: sends over tus and keeps files over a reload. One for each user. */
export function createEngine(user: string, sender: Sender): Engine {
  const uppy: Engine = new Uppy<QueueMeta, QueueBody>({ id: `slipway-queue-${user}` })
  uppy.use(Tus<QueueMeta, QueueBody>, {
    endpoint: new URL('/files', location.origin).href,
    chunkSize: CHUNK,
    limit: AT_ONCE,
    retryDelays: retryDelays(),
    removeFingerprintOnSuccess: true,
    httpStack: uploadStack,
    allowedMetaFields: ['filename', 'filetype'],
    onBeforeRequest: (request, file) =>
      sender.before(request as UploadRequest, { id: file.id, blob: file.data as Blob }),
    onShouldRetry: (error) => sender.shouldRetry(error),
  })
  uppy.use(GoldenRetriever<QueueMeta, QueueBody>, keeping())
  return uppy
}

/** The limits work, though the published type knows only name and version. */
export function keeping(): GoldenRetrieverOptions {
  const indexedDB = { maxFileSize: KEPT_FILE, maxTotalSize: KEPT_TOTAL }
  return { expires: KEPT_FOR, indexedDB } as unknown as GoldenRetrieverOptions
}

/** Forget where an upload was going on, so that the next attempt begins a new one. */
export function forgetUpload(uppy: Engine, fileID: string): void {
  const { tus } = uppy.getFile(fileID)
  uppy.setFileState(fileID, { tus: { ...tus, uploadUrl: null } })
  const prefix = `tus::tus-${fileID}-`
  for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key)
}
