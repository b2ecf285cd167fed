import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../../src/sim/virtual-clock.ts'

describe('VirtualClock', () => {
  test('runs timers in the order they are due, and in the order of scheduling at one instant', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60, size: 'max' }),
        async (delays) => {
          const clock = new VirtualClock()
          const ran: { delayMs: number; index: number; atMs: number }[] = []
          delays.forEach((delayMs, index) => {
            clock.schedule(delayMs, () => ran.push({ delayMs, index, atMs: clock.monotonic() }))
          })
          await clock.advance(20)
          expect(ran.map(({ index }) => index)).toEqual(
            delays
              .map((delayMs, index) => ({ delayMs, index }))
              .sort((a, b) => a.delayMs - b.delayMs || a.index - b.index)
              .map(({ index }) => index),
          )
          expect(ran.every(({ delayMs, atMs }) => delayMs === atMs)).toBe(true)
          expect(clock.monotonic()).toBe(20)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('a cancelled timer never runs and does not count, whatever else is cancelled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.boolean()), {
          minLength: 2000,
          maxLength: 3000,
          size: 'max',
        }),
        async (timers) => {
          const clock = new VirtualClock()
          const ran = new Set<number>()
          const cancels = timers.map(([delayMs], index) => clock.schedule(delayMs, () => ran.add(index)))
          timers.forEach(([, isCancelled], index) => {
            if (isCancelled) cancels[index]?.()
            if (isCancelled) cancels[index]?.()
          })
          expect(clock.pendingTimers).toBe(timers.filter(([, isCancelled]) => !isCancelled).length)
          await clock.runUntilIdle()
          expect(timers.every(([, isCancelled], index) => ran.has(index) !== isCancelled)).toBe(true)
        },
      ),
      { numRuns: 5 },
    )
  })

  test('lets promises settle between two timers', async () => {
    const clock = new VirtualClock()
    const order: string[] = []
    clock.schedule(1, () => {
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => order.push('settled'))
    })
    clock.schedule(1, () => order.push('second timer'))
    await clock.advance(1)
    expect(order).toEqual(['settled', 'second timer'])
  })

  test('runs until a promise settles and no further', async () => {
    const clock = new VirtualClock()
    const sleep = (ms: number) =>
      new Promise<number>((resolve) => clock.schedule(ms, () => resolve(clock.monotonic())))
    clock.schedule(500, () => {})
    const result = await clock.runUntil(sleep(100).then(() => sleep(50)))
    expect(result).toBe(150)
    expect(clock.monotonic()).toBe(150)
    expect(clock.pendingTimers).toBe(1)
  })

  test('says so when a promise can never settle', async () => {
    await expect(new VirtualClock().runUntil(new Promise(() => {}))).rejects.toThrow('no timer is left')
  })

  test('waits for work that is not on the clock', async () => {
    const clock = new VirtualClock()
    const digest = await clock.runUntil(crypto.subtle.digest('SHA-256', new Uint8Array(1 << 20)))
    expect(digest.byteLength).toBe(32)
  })

  test('wall time may jump, monotonic time does not', async () => {
    const clock = new VirtualClock({ startMs: 1000 })
    await clock.advance(5)
    clock.shiftWallTime(-500)
    expect([clock.now(), clock.monotonic()]).toEqual([505, 5])
  })
})
