import { createSHA256 } from 'hash-wasm'

const SLICE = 4 * 1024 * 1024

interface Options {
  /** Also tell the digest of this many leading bytes. */
  checkpoint?: number | undefined
  onCheckpoint?: (sha256: string) => void
  onProgress?: (hashed: number) => void
  stopped?: () => boolean
}

/** The SHA-256 of a file, slice by slice, so that memory stays flat whatever its size. */
export async function sha256Of(blob: Blob, options: Options = {}): Promise<string> {
  const { checkpoint, onCheckpoint, onProgress, stopped } = options
  const hash = await createSHA256()
  let position = 0
  const tellCheckpoint = () => {
    if (position === checkpoint) onCheckpoint?.(digestSoFar(hash))
  }
  tellCheckpoint()
  while (position < blob.size && !stopped?.()) {
    const end = nextEnd(position, blob.size, checkpoint)
    hash.update(new Uint8Array(await blob.slice(position, end).arrayBuffer()))
    position = end
    tellCheckpoint()
    onProgress?.(position)
  }
  return hash.digest()
}

function nextEnd(position: number, size: number, checkpoint: number | undefined): number {
  const end = Math.min(position + SLICE, size)
  return checkpoint !== undefined && position < checkpoint ? Math.min(end, checkpoint) : end
}

function digestSoFar(hash: Awaited<ReturnType<typeof createSHA256>>): string {
  const state = hash.save()
  const sha256 = hash.digest()
  hash.load(state)
  return sha256
}
