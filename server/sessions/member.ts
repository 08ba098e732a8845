import { assertWriter, type Principal } from '#accounts'
import { notFound } from '#errors'
import { type Struck, strike, struck } from './cancel.ts'
import type { Core } from './core.ts'
import { draft, type NewSession } from './create.ts'
import { actorIn, assertLive, readGroup } from './group.ts'
import type { Tx } from './ports.ts'
import type { Session } from './session.ts'

/** The sessions that have a place in the group and are not over, ascending by place. */
export async function members(core: Core, principal: Principal, group: string): Promise<Session[]> {
  await readGroup(core, principal, group)
  return core.db.sessions.members(group)
}

/** The session at that place; null when the place is free. */
export async function member(
  core: Core,
  principal: Principal,
  group: string,
  index: number,
): Promise<Session | null> {
  await readGroup(core, principal, group)
  return core.db.sessions.member(group, index)
}

export type NewMember = Omit<NewSession, 'group' | 'groupIndex'>

/**
 * Begins an upload at a place of a group, or returns the one that is there: of callers at the same time one begins it.
 * Without a place (`index` null) it belongs to the group and has none until `seat`.
 * @throws Refusal NOT_FOUND (no such group), and what `create` refuses
 */
export async function join(
  core: Core,
  principal: Principal,
  id: string,
  index: number | null,
  init: NewMember,
): Promise<Session> {
  const group = await readGroup(core, principal, id)
  const session = await draft(core, actorIn(group, principal), { ...init, group: id, groupIndex: index })
  const joined = await core.db.write(async (tx) => {
    await assertLive(core, tx, id)
    const there = index === null ? null : await tx.sessions.member(id, index)
    if (there === null) await tx.sessions.insert(session)
    return there ?? session
  })
  if (joined.id === session.id) core.events.publish('changed', joined)
  return joined
}

/**
 * Gives a finished session of the group its place; whoever had it leaves the group in the same transaction.
 * @throws Refusal NOT_FOUND when the group or the session is over
 */
export async function seat(
  core: Core,
  principal: Principal,
  session: Session,
  index: number,
): Promise<Session> {
  const group = session.group ?? ''
  await readGroup(core, principal, group)
  assertWriter(principal)
  const { seated, left } = await core.db.write(async (tx) => {
    await assertLive(core, tx, group)
    const there = await tx.sessions.member(group, index)
    const left = there === null ? null : await leave(core, tx, there)
    const seated = await tx.sessions.update(session.id, { status: ['COMPLETED'] }, { groupIndex: index })
    if (seated === null) throw notFound('upload', session.id)
    return { seated, left }
  })
  core.events.publish('changed', seated)
  await struck(core, left)
  return seated
}

/**
 * Takes the session at that place out of the group.
 * @throws Refusal NOT_FOUND when there is none
 */
export async function remove(core: Core, principal: Principal, group: string, index: number): Promise<void> {
  await readGroup(core, principal, group)
  assertWriter(principal)
  const left = await core.db.write(async (tx) => {
    const there = await tx.sessions.member(group, index)
    if (there === null) throw notFound('upload', index)
    return leave(core, tx, there)
  })
  await struck(core, left)
}

/**
 * What leaves a group is over and its bytes are freed, unless a record has them: then it stays as the upload they came
 * from, without a group.
 */
export async function leave(core: Core, tx: Tx, session: Session): Promise<Struck | null> {
  if (session.status !== 'COMPLETED' || session.target === null) return strike(core, tx, session)
  await tx.sessions.update(session.id, {}, { group: null, groupIndex: null })
  return null
}
