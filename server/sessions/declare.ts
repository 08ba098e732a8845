import type { Principal } from '#accounts'
import { invalid, Refusal } from '#errors'
import { authorize, closed } from './access.ts'
import type { Core } from './core.ts'
import { type Algorithm, type Digests, isOpen, type Session } from './session.ts'

export interface Declaration {
  /** length of the whole file, bytes */
  readonly size?: number | undefined
  /** digests of the whole file, hex in either case */
  readonly declared?: Digests | undefined
  /** further whole-file digests to compute besides SHA-256 */
  readonly wanted?: readonly Algorithm[] | undefined
}

const HEX: Record<string, RegExp> = {
  sha256: /^[0-9a-f]{64}$/,
  sha512: /^[0-9a-f]{128}$/,
  md5: /^[0-9a-f]{32}$/,
}

/** Digests as the core keeps them: lower-case hex of the right length. */
export function hexDigests(declared: Digests): Digests {
  const out: Record<string, string> = {}
  for (const [algorithm, value] of Object.entries(declared)) {
    const hex = value.toLowerCase()
    if (HEX[algorithm]?.test(hex) !== true) throw invalid(algorithm, 'must be a digest in hexadecimal')
    out[algorithm] = hex
  }
  return out
}

/** What a declaration changes. The same said again is no error, something else is. */
export function declaration(core: Core, session: Session, said: Declaration): Partial<Session> {
  const change: { -readonly [K in 'size' | 'declared' | 'wanted']?: Session[K] } = {}
  if (said.size !== undefined && said.size !== session.size) change.size = newSize(core, session, said.size)
  const wanted = said.wanted?.filter((name) => !session.wanted.includes(name)) ?? []
  if (wanted.length > 0) change.wanted = [...session.wanted, ...wanted]
  if (said.declared === undefined || Object.keys(said.declared).length === 0) return change
  const declared = hexDigests(said.declared)
  for (const [algorithm, value] of Object.entries(declared)) {
    const before = session.declared[algorithm as keyof Digests]
    if (before === undefined || before === value) continue
    throw new Refusal('CONFLICT', `another ${algorithm} was declared for this upload before`, {
      field: algorithm,
      expected: before,
      received: value,
    })
  }
  change.declared = { ...session.declared, ...declared }
  return change
}

function newSize(core: Core, session: Session, size: number): number {
  assertSize(core, size)
  if (session.size === null && size >= session.offset) return size
  const expected = session.size ?? session.offset
  const why =
    session.size === null
      ? `it already holds ${session.offset} bytes`
      : `its length was declared as ${session.size} bytes`
  throw new Refusal('LENGTH_MISMATCH', `this upload cannot have ${size} bytes: ${why}`, {
    expected,
    received: size,
  })
}

export function assertSize(core: Core, size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) throw invalid('length', 'must be a whole number of bytes')
  if (size <= core.limits.maxSize) return
  const limit = core.limits.maxSize
  throw new Refusal('TOO_LARGE', `a file may have at most ${limit} bytes, this one would have ${size}`, {
    limit,
  })
}

/** Declares length or digest of an unfinished upload, without bytes. */
export async function declare(
  core: Core,
  principal: Principal,
  id: string,
  said: Declaration,
): Promise<Session> {
  const session = await authorize(core, principal, id, 'write')
  const change = declaration(core, session, said)
  if (Object.keys(change).length === 0) return session
  const changed = await core.db.write((tx) =>
    tx.sessions.update(id, { status: ['INITIATED', 'UPLOADING'], offset: session.offset }, change),
  )
  if (changed !== null) return changed
  const now = await authorize(core, principal, id, 'write')
  if (!isOpen(now)) throw closed(now)
  return declare(core, principal, id, said)
}
