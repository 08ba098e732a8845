/**
 * The core: what an upload is. Protocols translate to these use cases and decide nothing themselves.
 * A caller is a `Principal`; whatever is not theirs is NOT_FOUND. Refusals are `Refusal`s (`#errors`).
 */

import type { Principal } from '#accounts'
import { Refusal } from '#errors'
import { mayTouch } from './access.ts'
import { type Annotation, annotate } from './annotate.ts'
import { append } from './append.ts'
import type { AppendRequest } from './append-rules.ts'
import { cancel } from './cancel.ts'
import { collect } from './collect.ts'
import { complete } from './complete.ts'
import { concatenate } from './concatenate.ts'
import { type CopyRequest, copy } from './copy.ts'
import type { Core, Limits } from './core.ts'
import { create, type NewSession } from './create.ts'
import { current } from './current.ts'
import { type Declaration, declare } from './declare.ts'
import { type FileDigests, PassingDigests } from './digests.ts'
import { type DocumentRequest, removeDocument, saveDocument } from './document.ts'
import { drop } from './drop.ts'
import { finish } from './finish.ts'
import { createGroup, type NewGroup, readGroup } from './group.ts'
import { join, member, members, type NewMember, remove, seat } from './member.ts'
import { ownerOf } from './owner.ts'
import type { ByteStore, Clock, Database, Events, Inspect, Locker } from './ports.ts'
import { type ChunkRequest, putChunk } from './put-chunk.ts'
import { bytes, chunkNumbers, chunks, finished, type ListRequest, list, prefix, read } from './read.ts'
import { stopReceiving } from './receive.ts'
import { recover } from './recover.ts'
import { scavenge } from './scavenge.ts'
import type { Session } from './session.ts'
import { lapse, sweep } from './sweep.ts'

export interface Dependencies {
  db: Database
  store: ByteStore
  locker: Locker
  clock: Clock
  events: Events
  inspect: Inspect
  limits: Limits
  /** default: on the event loop, as bytes pass */
  digests?: FileDigests
  report: Core['report']
}

export function createSessions(dependencies: Dependencies) {
  const core: Core = {
    ...dependencies,
    digests: dependencies.digests ?? new PassingDigests(dependencies.store),
    finishing: new Map(),
    receiving: new Map(),
  }
  return {
    create: (principal: Principal, init: NewSession) => create(core, principal, init),
    read: (principal: Principal, id: string, nudge?: boolean) => read(core, principal, id, nudge),
    concatenate: (
      principal: Principal,
      init: Omit<NewSession, 'size' | 'partial'>,
      parts: readonly string[],
    ) => concatenate(core, principal, init, parts),
    current: (principal: Principal, id: string) => current(core, principal, id),
    /** user id of whoever began it; null when there is none: for links made to be handed on */
    ownerOf: (id: string) => ownerOf(core, id),
    list: (principal: Principal, request: ListRequest) => list(core, principal, request),
    chunks: (principal: Principal, id: string) => chunks(core, principal, id),
    chunkNumbers: (principal: Principal, id: string, from: number) => chunkNumbers(core, principal, id, from),
    append: (principal: Principal, id: string, request: AppendRequest) =>
      append(core, principal, id, request),
    putChunk: (principal: Principal, id: string, request: ChunkRequest) =>
      putChunk(core, principal, id, request),
    declare: (principal: Principal, id: string, said: Declaration) => declare(core, principal, id, said),
    annotate: (principal: Principal, id: string, note: Annotation) => annotate(core, principal, id, note),
    complete: (principal: Principal, id: string) => complete(core, principal, id),
    /** Waits for a completion under way; resolves with the session as it is then. */
    settled: (session: Session) => finish(core, session),
    cancel: (principal: Principal, id: string) => cancel(core, principal, id),
    lapse: (principal: Principal, id: string) => lapse(core, principal, id),
    prefix: (principal: Principal, id: string) => prefix(core, principal, id),
    finished: (principal: Principal, id: string) => finished(core, principal, id),
    bytes: (...[file, from, to]: Parameters<typeof bytes> extends [Core, ...infer Rest] ? Rest : never) =>
      bytes(core, file, from, to),
    copy: (principal: Principal, id: string, request: CopyRequest) => copy(core, principal, id, request),
    saveDocument: (principal: Principal, request: DocumentRequest) => saveDocument(core, principal, request),
    removeDocument: (principal: Principal, uid: string) => removeDocument(core, principal, uid),
    groups: {
      create: (principal: Principal, init: NewGroup) => createGroup(core, principal, init),
      read: (principal: Principal, id: string) => readGroup(core, principal, id),
      members: (principal: Principal, id: string) => members(core, principal, id),
      member: (principal: Principal, id: string, index: number) => member(core, principal, id, index),
      join: (principal: Principal, id: string, index: number | null, init: NewMember) =>
        join(core, principal, id, index, init),
      seat: (principal: Principal, session: Session, index: number) => seat(core, principal, session, index),
      remove: (principal: Principal, id: string, index: number) => remove(core, principal, id, index),
      drop: (principal: Principal, id: string) => drop(core, principal, id),
    },
    /** Calls `listener` for every change the caller may see, until the returned function is called. */
    watch: (principal: Principal, listener: (session: Session) => void) =>
      core.events.subscribe((session) => {
        if (mayTouch(principal, session)) listener(session)
      }),
    /** Stops every body that is being received; what has come is committed. */
    interrupt: (why: string) => {
      for (const id of core.receiving.keys()) stopReceiving(core, id, new Refusal('UNAVAILABLE', why))
    },
    /** Removes objects that a commit of another room made garbage. */
    discard: (objects: readonly string[]) => collect(core, objects),
    counts: () => dependencies.db.sessions.counts(),
    sweep: () => sweep(core),
    recover: () => recover(core),
    /** Removes what a crash left of requests that wrote apart, before `before`, milliseconds. */
    scavenge: (before: number) => scavenge(core, before),
  }
}

export type Sessions = ReturnType<typeof createSessions>
export { assertTakesBytes, closed, hasLapsed } from './access.ts'
export type { Appended, AppendRequest } from './append-rules.ts'
export type { ChecksumAlgorithm, Promised, RequestDigest } from './checksum.ts'
export type { ChunkStored } from './commit-chunk.ts'
export type { CopyRequest } from './copy.ts'
export type { Limits } from './core.ts'
export type { NewSession } from './create.ts'
export {
  after,
  algorithmsOf,
  DigestState,
  type FileDigests,
  PassingDigests,
  type Prefix,
  usable,
} from './digests.ts'
export type { DocumentRequest } from './document.ts'
export { actorIn, type Group, type NewGroup } from './group.ts'
export type { NewMember } from './member.ts'
export type * from './ports.ts'
export type { ChunkRequest } from './put-chunk.ts'
export * from './session.ts'
