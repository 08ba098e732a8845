import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createLocker } from './locker.ts'

describe('locker', () => {
  test('one holder a key, the next ones in their order', async () => {
    const locker = createLocker()
    const first = await locker.acquire('a', { wait: 1000 })
    const order: number[] = []
    const others = [1, 2, 3].map(async (n) => {
      const lease = await locker.acquire('a', { wait: 1000 })
      order.push(n)
      lease.release()
    })
    await sleep(20)
    expect(order).toEqual([])
    first.release()
    await Promise.all(others)
    expect(order).toEqual([1, 2, 3])
  })

  test('other keys are free', async () => {
    const locker = createLocker()
    await locker.acquire('a', { wait: 10 })
    await expect(locker.acquire('b', { wait: 10 })).resolves.toBeDefined()
  })

  test('refuses after the wait, and who waited does not get it later', async () => {
    const locker = createLocker()
    const first = await locker.acquire('a', { wait: 10 })
    await expect(locker.acquire('a', { wait: 30 })).rejects.toMatchObject({ code: 'LOCKED' })
    first.release()
    expect(locker.tryAcquire('a')).not.toBeNull()
  })

  test('asks the holder to give way until it does', async () => {
    const locker = createLocker()
    let asked = 0
    const first = await locker.acquire('a', {
      wait: 10,
      yields: () => {
        asked += 1
        if (asked < 3) return false
        first.release()
        return true
      },
    })
    await expect(locker.acquire('a', { wait: 2000 })).resolves.toBeDefined()
    expect(asked).toBe(3)
  })

  test('a second release does not end the next holder', async () => {
    const locker = createLocker()
    const first = await locker.acquire('a', { wait: 10 })
    first.release()
    await locker.acquire('a', { wait: 10 })
    first.release()
    expect(locker.tryAcquire('a')).toBeNull()
  })

  test('nudge waits for a holder that gives way and for no other', async () => {
    const locker = createLocker()
    const stubborn = await locker.acquire('a', { wait: 10, yields: () => false })
    const start = performance.now()
    await locker.nudge('a', 1000)
    expect(performance.now() - start).toBeLessThan(500)
    stubborn.release()
    let released = false
    const willing = await locker.acquire('a', { wait: 10, yields: () => true })
    void sleep(50).then(() => {
      released = true
      willing.release()
    })
    await locker.nudge('a', 5000)
    expect(released).toBe(true)
  })
})
