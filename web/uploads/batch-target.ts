import { useSyncExternalStore } from 'react'
import type { Target } from '../api/types.ts'

const KEY = 'slipway-batch-target'
const listeners = new Set<() => void>()
let current: Target | null = read()

function read(): Target | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Target | null
  } catch {
    return null
  }
}

/** Where the files picked next are to be filed, until told otherwise. */
export function useBatchTarget(): [Target | null, (target: Target | null) => void] {
  const target = useSyncExternalStore(subscribe, () => current)
  return [target, setBatchTarget]
}

function setBatchTarget(target: Target | null): void {
  current = target
  sessionStorage.setItem(KEY, JSON.stringify(target))
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
