import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Characters that so many bytes become, padded. */
export const base64Length = (bytes: number): number => 4 * Math.ceil(bytes / 3)

interface Framed {
  readonly head: string
  readonly tail: string
  readonly bytes: AsyncIterable<Buffer>
}

/** Streams bytes as one line of base64 between `head` and `tail`; a client that leaves ends it. */
export async function toBase64(out: Writable, { head, tail, bytes }: Framed): Promise<void> {
  async function* pieces(): AsyncGenerator<string> {
    yield head
    let rest: Buffer = Buffer.alloc(0)
    for await (const piece of bytes) {
      // Three bytes become four characters: what is left over waits for the next piece.
      const all = rest.length === 0 ? piece : Buffer.concat([rest, piece])
      const whole = all.length - (all.length % 3)
      rest = all.subarray(whole)
      yield all.toString('base64', 0, whole)
    }
    yield rest.toString('base64') + tail
  }
  await pour(out, pieces())
}

/** Streams at the client's pace; one that leaves ends it. */
export async function pour(out: Writable, pieces: AsyncIterable<string | Buffer>): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), out)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}
