import { AsyncLocalStorage } from 'node:async_hooks'
import type { Principal } from '#accounts'
import type { Exchange } from '#http'
import type { Session } from '#sessions'
import type { Asked } from './headers.ts'

/** One tus request while the engine works on it: what the engine is not told, and what the core made of it. */
export interface Call {
  readonly exchange: Exchange
  readonly principal: Principal
  readonly asked: Asked
  /** id of the upload; of the one to be made, for a creation */
  readonly id: string
  /** the upload as the core last showed it */
  session: Session | null
}

const calls = new AsyncLocalStorage<Call>()

export const during = <T>(call: Call, work: () => Promise<T>): Promise<T> => calls.run(call, work)

/** The request that the engine's present step belongs to. */
export function currentCall(): Call {
  const call = calls.getStore()
  if (call === undefined) throw new Error('the tus engine stepped outside of a request')
  return call
}
