import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UntimedDhtEvent } from '../../../src/dht/events.ts'
import { RequestLimits, StreamSlots, TaskSlots } from '../../../src/dht/rpc/limits.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

function setUp(options: Partial<ConstructorParameters<typeof RequestLimits>[0]> = {}) {
  const clock = new VirtualClock()
  const events: UntimedDhtEvent[] = []
  const publish = (event: UntimedDhtEvent) => void events.push(event)
  return { clock, events, limits: new RequestLimits({ clock, publish, ...options }) }
}

describe('RequestLimits', () => {
  test('§8.5 admits never more than the burst and what flowed in since', async () => {
    const pauses = fc.array(fc.nat(400), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(
        pauses,
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 20 }),
        async (waits, burst, perSecond) => {
          const { clock, limits } = setUp({ rates: { PING: { perSecond, burst } } })
          let admitted = 0
          let passedMs = 0
          for (const waitMs of waits) {
            await clock.advance(waitMs)
            passedMs += waitMs
            while (limits.admit('peer', 'PING')) admitted++
            expect(admitted).toBeLessThanOrEqual(burst + (passedMs * perSecond) / 1000 + 1e-6)
          }
          expect(admitted).toBeGreaterThanOrEqual(burst)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('a peer that keeps to its rate is never refused', async () => {
    const { clock, limits } = setUp({ rates: { PUT_VALUE: { perSecond: 20, burst: 1 } } })
    for (let i = 0; i < 200; i++) {
      expect(limits.admit('peer', 'PUT_VALUE')).toBe(true)
      await clock.advance(50)
    }
  })

  test('remembers no more peers than allowed, whatever comes', () => {
    const { limits } = setUp({ maxPeers: 10 })
    for (let i = 0; i < 10_000; i++) limits.admit(`peer ${i}`, 'FIND_NODE')
    expect(limits.size).toBe(10)
  })

  test('many newcomers do not free an active peer of its limit', () => {
    const { limits } = setUp({ maxPeers: 10, rates: { PING: { perSecond: 1, burst: 1 } } })
    expect(limits.admit('loud', 'PING')).toBe(true)
    for (let i = 0; i < 100; i++) {
      limits.admit(`peer ${i}`, 'PING')
      expect(limits.admit('loud', 'PING')).toBe(false)
    }
  })

  test('every refusal is counted; one a second and limit is published, saying how many more', async () => {
    const { clock, events, limits } = setUp({
      rates: { PING: { perSecond: 1, burst: 1 }, FIND_NODE: { perSecond: 1, burst: 1 } },
    })
    for (let i = 0; i < 11; i++) limits.admit('peer', 'PING')
    expect(limits.refused.get('PING')).toBe(10)
    expect(events).toMatchObject([{ type: 'limit:hit', limit: 'PING', peer: 'peer' }])
    await clock.advance(999)
    limits.admit('peer', 'PING')
    for (let i = 0; i < 2; i++) limits.admit('other', 'FIND_NODE')
    expect(events).toHaveLength(2)
    await clock.advance(1)
    while (limits.admit('peer', 'PING'));
    expect(events).toHaveLength(3)
    expect(events[2]).toMatchObject({ limit: 'PING', message: expect.stringContaining('10 more hits') })
  })
})

describe('StreamSlots', () => {
  test('§8.4 32 streams of a connection at a time, and a slot is given back once', () => {
    const slots = new StreamSlots()
    const connection = {}
    const taken = Array.from({ length: 32 }, () => slots.take(connection))
    expect(taken.every((release) => release !== undefined)).toBe(true)
    expect(slots.take(connection)).toBeUndefined()
    expect(slots.take({})).toBeDefined()
    taken[0]?.()
    taken[0]?.()
    expect(slots.take(connection)).toBeDefined()
    expect(slots.take(connection)).toBeUndefined()
  })
})

describe('TaskSlots', () => {
  test('never runs more than allowed, runs all in turn, and failures free their slot', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.boolean(), { maxLength: 20 }),
        async (maxRunning, fails) => {
          const slots = new TaskSlots(maxRunning, 100)
          let running = 0
          const order: number[] = []
          const results = fails.map((isFailing, i) =>
            slots.run(async () => {
              order.push(i)
              expect(++running).toBeLessThanOrEqual(maxRunning)
              await Promise.resolve()
              running--
              if (isFailing) throw new Error('failed')
            }),
          )
          const settled = await Promise.allSettled(results)
          expect(settled.map(({ status }) => status === 'rejected')).toEqual(fails)
          expect(order).toEqual(fails.map((_, i) => i))
        },
      ),
      { numRuns: 50 },
    )
  })

  test('says when nobody more may wait', async () => {
    const slots = new TaskSlots(1, 1)
    let release = () => {}
    const first = slots.run(() => new Promise<void>((resolve) => (release = resolve)))
    expect(slots.isFull).toBe(false)
    const second = slots.run(async () => {})
    expect(slots.isFull).toBe(true)
    release()
    await Promise.all([first, second])
    expect(slots.isFull).toBe(false)
  })
})
