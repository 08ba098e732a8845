import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import type { Session } from '#sessions'
import type { Services } from './services.ts'

const MULTIPLE = 512
const LEAST = 10 * 1024 * 1024

const regular = (length: number): boolean => length % MULTIPLE === 0 && length >= LEAST

const irregular = (length: number): Refusal =>
  new Refusal(
    'INVALID',
    `a chunk must be a multiple of ${MULTIPLE} bytes and at least ${LEAST} bytes unless it is the last; this one has ${length}`,
    { field: 'file' },
  )

/** `SLIPWAY_STRICT=onlyoffice`: "multiple of 512, at least 10 MiB, last chunk free" */
export async function assertRegular(
  { sessions, config }: Services,
  owner: Principal,
  session: Session,
  { number, length }: { number: number | null; length: number },
): Promise<void> {
  if (!config.strict.has('onlyoffice')) return
  if (number !== null) {
    const others = (await sessions.chunks(owner, session.id)).filter((chunk) => chunk.number !== number)
    const all = [...others, { number, size: length }].toSorted((a, b) => a.number - b.number)
    const wrong = all.slice(0, -1).find(({ size }) => !regular(size))
    if (wrong !== undefined) throw irregular(wrong.size)
    return
  }
  if (regular(length)) return
  const { offset } = await sessions.read(owner, session.id)
  if (session.size !== null && offset + length !== session.size) throw irregular(length)
}
