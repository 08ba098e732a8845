import { setImmediate as turn } from 'node:timers/promises'
import type { Body } from '#sessions'

/** A body in pieces, each after so many turns of the event loop; breaks off before the end where `cut` says so. */
export function bodyIn(
  bytes: Buffer,
  { turns = [] as readonly number[], cut = false, announced = true } = {},
): Body {
  return {
    length: announced ? bytes.length : null,
    stop: () => undefined,
    async *[Symbol.asyncIterator]() {
      const step = Math.max(1, Math.ceil(bytes.length / Math.max(1, turns.length)))
      for (let at = 0, piece = 0; at < bytes.length; at += step, piece += 1) {
        for (let left = turns[piece] ?? 0; left > 0; left -= 1) await turn()
        if (cut && at + step >= bytes.length) throw new Error('the connection broke')
        yield bytes.subarray(at, at + step)
      }
    },
  }
}
