import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Session } from '#sessions'
import { createEvents } from './events.ts'

const at = (offset: number, status = 'UPLOADING'): Session => ({ id: 's', offset, status }) as Session

describe('events', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  function listen() {
    const events = createEvents()
    const heard: string[] = []
    const stop = events.subscribe(({ offset, status }) => heard.push(`${status} ${offset}`))
    return { events, heard, stop }
  }

  test('thins out progress and keeps the latest', () => {
    const { events, heard } = listen()
    for (let offset = 1; offset <= 100; offset += 1) events.publish('progress', at(offset))
    expect(heard).toEqual(['UPLOADING 1'])
    vi.advanceTimersByTime(250)
    expect(heard).toEqual(['UPLOADING 1', 'UPLOADING 100'])
    vi.advanceTimersByTime(10_000)
    expect(heard).toHaveLength(2)
  })

  test('tells a change at once, and no older progress after it', () => {
    const { events, heard } = listen()
    events.publish('progress', at(1))
    events.publish('progress', at(2))
    events.publish('changed', at(3, 'COMPLETED'))
    vi.advanceTimersByTime(10_000)
    expect(heard).toEqual(['UPLOADING 1', 'COMPLETED 3'])
  })

  test('tells nobody who stopped listening', () => {
    const { events, heard, stop } = listen()
    stop()
    events.publish('changed', at(1))
    expect(heard).toEqual([])
  })
})
