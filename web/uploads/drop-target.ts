import { useEffect } from 'react'
import type { Target } from '../api/types.ts'

/** The record that is looked at, onto which a drop anywhere on the page goes straight. */
let current: Target | null = null

export const dropTarget = () => current

export function useDropTarget(target: Target | null): void {
  const { table, record, name, location } = target ?? {}
  useEffect(() => {
    if (!table || !record || !location) return
    const mine = { table, record, location, name: name ?? record }
    current = mine
    return () => {
      if (current === mine) current = null
    }
  }, [table, record, name, location])
}
