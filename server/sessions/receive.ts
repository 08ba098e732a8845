import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal } from '#errors'
import {
  type Checksum,
  type ChecksumAlgorithm,
  createChecksum,
  equal,
  type RequestDigest,
} from './checksum.ts'
import type { Core } from './core.ts'
import type { Prefix } from './digests.ts'
import type { Body, ObjectWriter } from './ports.ts'
import { WriteQueue } from './write-queue.ts'

/** A holder that waits this long for a byte gives way to another request, ms (contract `tus`: half a second). */
export const IDLE = 500
/** Bytes are made durable while they arrive this often, ms, so that they are acknowledged at least once a second. */
const CHECKPOINT = 900

/** Pause between two looks at a writer, ms. */
export const BEAT = 20

export interface Reception {
  readonly writer: ObjectWriter
  /** place of the first byte inside the object */
  readonly position: number
  /** bytes that may come at most */
  readonly limit: number
  /** what to say of the byte after */
  readonly overflow: () => Refusal
  /** the object's name */
  readonly object: string
  /** digest of the file so far, extended by what comes */
  readonly prefix: Prefix | null
  /** updated with every byte in order */
  readonly hashes: readonly { update(bytes: Uint8Array): unknown }[]
  readonly digest?: RequestDigest | undefined
  /** called while bytes arrive, after `length` bytes of this body became durable; a throw ends the reception */
  readonly checkpoint?: ((length: number) => Promise<void>) | undefined
}

export interface Received {
  /** bytes of the body that are written */
  readonly length: number
  /** the body arrived to its end */
  readonly whole: boolean
  /** why it is not whole: a broken transport, a stall, a full store, a takeover */
  readonly reason: Error | null
}

/**
 * The one guarded door for bytes: limit, digest and idleness are kept here, while the bytes pass, and nowhere else.
 * What it returns is written, not yet flushed. It throws when nothing of the body may be kept: too many bytes
 * (`overflow`), or bytes that do not have the promised digest (DIGEST_MISMATCH).
 */
export async function receive(core: Core, id: string, body: Body, reception: Reception): Promise<Received> {
  const { object, prefix } = reception
  const queue = new WriteQueue(
    reception.writer,
    reception.position,
    () => core.receiving.size,
    (position, length) => prefix?.written?.({ object, position, length }),
  )
  const checksums = new Map<ChecksumAlgorithm, Checksum>()
  for (const algorithm of reception.digest?.algorithms ?? [])
    checksums.set(algorithm, createChecksum(algorithm))
  const hashes = [...reception.hashes, ...(prefix === null ? [] : [prefix]), ...checksums.values()]
  const watch = watchOver(core, id, body, queue, reception)
  let length = 0
  let reason: Error | null = null
  try {
    for await (const piece of body) {
      watch.arrived()
      length += piece.length
      if (length > reception.limit) throw reception.overflow()
      for (const hash of hashes) hash.update(piece)
      await queue.push(piece)
      watch.waiting()
    }
  } catch (error) {
    reason = watch.stopped() ?? asError(error)
    // A body that breaks a rule leaves nothing behind; one that merely broke off leaves what had arrived.
    if (reason instanceof Refusal && (reason.code === 'LENGTH_EXCEEDED' || reason.code === 'TOO_LARGE'))
      throw reason
  } finally {
    watch.end()
  }
  try {
    await queue.drain()
  } catch (error) {
    reason ??= asError(error)
  }
  if (reason === null) assertDigest(reception.digest, checksums)
  return { length: queue.written, whole: reason === null, reason }
}

function assertDigest(digest: RequestDigest | undefined, checksums: Map<ChecksumAlgorithm, Checksum>): void {
  const digests = new Map<ChecksumAlgorithm, Buffer>()
  for (const { algorithm, value } of digest?.expected() ?? []) {
    const calculated = digests.get(algorithm) ?? checksums.get(algorithm)?.digest()
    if (calculated !== undefined) digests.set(algorithm, calculated)
    if (calculated !== undefined && equal(calculated, value)) continue
    const [expected, received] = [value.toString('hex'), calculated?.toString('hex') ?? 'nothing']
    throw new Refusal(
      'DIGEST_MISMATCH',
      `the bytes do not have the ${algorithm} they were sent with: expected ${expected}, calculated ${received}`,
      { expected, received },
    )
  }
}

/** Idleness, stalls and checkpoints of one body; registers it so that others can ask it to stop. */
function watchOver(core: Core, id: string, body: Body, queue: WriteQueue, { checkpoint }: Reception) {
  let last = core.clock.now()
  let heard = last
  let idle = true
  let stopped: Error | null = null
  let acknowledged = 0
  const stop = (reason: Error): void => {
    stopped ??= reason
    body.stop(stopped)
  }
  const receiving = { stop, idleFor: () => (idle ? core.clock.now() - last : 0), heard: () => heard }
  const all = core.receiving.get(id) ?? new Set()
  core.receiving.set(id, all.add(receiving))
  const timer = setInterval(() => {
    if (receiving.idleFor() > core.limits.stall) {
      stop(new Refusal('STALLED', `no byte came for ${Math.round(core.limits.stall / 1000)} seconds`))
    }
    if (checkpoint === undefined || queue.accepted === acknowledged) return
    acknowledged = queue.accepted
    queue.checkpoint(checkpoint).catch((error: unknown) => stop(asError(error)))
  }, CHECKPOINT)
  return {
    arrived: () => {
      last = core.clock.now()
      heard = last
      idle = false
    },
    waiting: () => {
      last = core.clock.now()
      idle = true
    },
    stopped: () => stopped,
    end: () => {
      clearInterval(timer)
      all.delete(receiving)
      if (all.size === 0) core.receiving.delete(id)
    },
  }
}

/** Makes whoever writes to the session stop; used when it is canceled. */
export function stopReceiving(core: Core, id: string, reason: Error): void {
  for (const receiving of core.receiving.get(id) ?? []) receiving.stop(reason)
}

/**
 * The answer of a lock's holder that is asked to give way: yes when its socket has been silent long enough, and when it
 * receives nothing any more and is only committing what came.
 */
export function yieldIfIdle(core: Core, id: string): boolean {
  const all = [...(core.receiving.get(id) ?? [])]
  const silent = all.filter((receiving) => receiving.idleFor() >= IDLE)
  for (const receiving of silent) receiving.stop(new Refusal('LOCKED', 'another request took over'))
  return silent.length > 0 || all.length === 0
}

/**
 * Waits until it is known whether whoever writes to the session is still there: a byte comes, the connection turns out
 * to be broken, or nothing comes for so long that the writer counts as silent.
 */
export async function listen(core: Core, id: string): Promise<void> {
  const start = core.clock.now()
  const unclear = (): boolean =>
    [...(core.receiving.get(id) ?? [])].some((one) => one.heard() <= start && one.idleFor() < IDLE)
  for (let waited = 0; waited < IDLE && unclear(); waited += BEAT) await sleep(BEAT)
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
