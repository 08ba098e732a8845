import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { createEvents, createLocker } from '#database'
import { Refusal } from '#errors'
import { bodyIn } from '#testing/body.ts'
import { ALICE, openCore } from '#testing/core.ts'
import { naiveDatabase, naiveStore } from '#testing/naive.ts'
import { createSessions, PassingDigests, type Sessions } from './index.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const life = { ms: 60_000, sliding: false }

/** One PUT of a schedule: which chunk, which of two contents, when it sets out and how it arrives. */
const sending = fc.record({
  number: fc.integer({ min: 1, max: 4 }),
  other: fc.boolean(),
  start: fc.nat(6),
  turns: fc.array(fc.nat(2), { maxLength: 3 }),
  cut: fc.constantFrom(false, false, false, true),
  announced: fc.boolean(),
})
const schedule = fc.record({
  sizes: fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { minLength: 4, maxLength: 4 }),
  sends: fc.array(sending, { minLength: 1, maxLength: 7 }),
  total: fc.integer({ min: 1, max: 4 }),
  declare: fc.constantFrom(false, false, false, true),
  canceled: fc.constantFrom(null, null, null, null, null, null, 1, 3, 5, 8),
})

type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never

/** Runs one schedule of racing requests, then sends what is missing; checks what a client was told against what stands. */
async function play(sessions: Sessions, { sizes, sends, total, declare, canceled }: Schedule): Promise<void> {
  const contents = sizes.map(([a, b]) => [randomBytes(a), randomBytes(b)] as const)
  const size = declare ? total * 40 + 1000 : null
  const { id } = await sessions.create(ALICE, { protocol: 'idempiere', firstChunk: 1, size, life })
  const told: Told[] = []
  const send = async (number: number, bytes: Buffer, how = {}): Promise<void> => {
    try {
      const { completed, chunk } = await sessions.putChunk(ALICE, id, {
        number,
        total,
        body: bodyIn(bytes, how),
        onConflict: 'replace',
        sumMustFit: true,
      })
      assert.equal(chunk.sha256, sha256(bytes))
      told.push({ number, bytes, completed })
    } catch (error) {
      if (!(error instanceof Refusal) || !['CUT', 'COMPLETED', 'CANCELED'].includes(error.code)) throw error
    }
  }
  const all = sends
    .filter(({ number }) => number <= total)
    .map(async ({ number, other, start, ...how }) => {
      for (let left = start; left > 0; left -= 1) await turn()
      await send(number, contents[number - 1]?.[other ? 1 : 0] as Buffer, how)
    })
  if (canceled !== null) all.push(cancelAfter(sessions, id, canceled))
  await Promise.all(all)
  if (canceled !== null) {
    assert.equal((await sessions.read(ALICE, id)).status, 'CANCELED')
    return
  }
  for (let number = 1; number <= total; number += 1) {
    if (!told.some((one) => one.number === number)) await send(number, contents[number - 1]?.[0] as Buffer)
  }
  await judge(sessions, id, { told, total, declare })
}

async function cancelAfter(sessions: Sessions, id: string, turns: number): Promise<void> {
  for (let left = turns; left > 0; left -= 1) await turn()
  await sessions.cancel(ALICE, id)
}

interface Told {
  readonly number: number
  readonly bytes: Buffer
  readonly completed: boolean
}

async function judge(
  sessions: Sessions,
  id: string,
  { told, total, declare }: { told: readonly Told[]; total: number; declare: boolean },
): Promise<void> {
  const session = await sessions.settled(await sessions.read(ALICE, id))
  const chunks = await sessions.chunks(ALICE, id)
  assert.deepEqual(
    chunks.map(({ number }) => number),
    Array.from({ length: total }, (_, at) => at + 1),
  )
  // Every stored chunk is, whole, one that a client was told of.
  const stood = chunks.map(({ number, sha256: digest, size }) => {
    const found = told.find((one) => one.number === number && sha256(one.bytes) === digest)
    assert.equal(found?.bytes.length, size)
    return found?.bytes as Buffer
  })
  assert.equal(told.filter(({ completed }) => completed).length, declare ? 0 : 1)
  if (declare) {
    assert.equal(session.status, 'UPLOADING')
    await sessions.cancel(ALICE, id)
    return
  }
  const whole = Buffer.concat(stood)
  assert.equal(session.status, 'COMPLETED')
  assert.equal(session.computed.sha256, sha256(whole))
  const { file } = await sessions.finished(ALICE, id)
  const pieces: Buffer[] = []
  for await (const piece of sessions.bytes(file)) pieces.push(Buffer.from(piece))
  assert.ok(Buffer.concat(pieces).equals(whole))
}

/** Schedules play side by side, so that they also share commits with each other. */
const race = (sessions: Sessions, runs: number, beside: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.array(schedule, { minLength: beside, maxLength: beside }), async (schedules) => {
      await Promise.all(schedules.map((one) => play(sessions, one)))
    }),
    { numRuns: runs, endOnFailure: true },
  )

describe('in whatever order chunks race, one answer completes and every stored chunk is whole', () => {
  test('ten thousand times in memory', async () => {
    const store = naiveStore()
    const sessions = createSessions({
      db: naiveDatabase(),
      store,
      digests: new PassingDigests(store),
      clock: { now: Date.now },
      locker: createLocker(),
      events: createEvents(),
      inspect: () => Promise.resolve(undefined),
      limits: { maxSize: 2 ** 40, stall: 60_000 },
      report: (error) => {
        throw error
      },
    })
    await race(sessions, 40, 250)
  }, 60_000)

  test('on a real database and real files', async () => {
    const core = await openCore()
    try {
      await race(core.sessions, 3, 60)
    } finally {
      await core.dispose()
    }
  }, 60_000)
})
