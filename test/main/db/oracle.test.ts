import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UntimedDhtEvent } from '../../../src/dht/events.ts'
import { keyFromBytes } from '../../../src/dht/key.ts'
import { MemoryProviderStorage } from '../../../src/dht/stores/memory-provider-storage.ts'
import { MemoryValueStorage } from '../../../src/dht/stores/memory-value-storage.ts'
import type { ProviderStorage } from '../../../src/dht/stores/provider-storage.ts'
import type { ValueStorage } from '../../../src/dht/stores/value-storage.ts'
import type { Database } from '../../../src/main/db/database.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'
import { closeAll, openTemporary } from './temporary-database.ts'

let database: Database
beforeAll(async () => {
  database = await openTemporary()
})
afterAll(closeAll)

const localKey = keyFromBytes(Uint8Array.of(1, 2, 3))
const key = fc.integer({ min: 0, max: 11 }).map((n) => new TextEncoder().encode(`/v/${n}`))
const peer = fc.constantFrom('ann', 'bob', 'self')
/** Ends soon or late, so that puts meet expired entries. */
const ttlMs = fc.constantFrom(1, 7, 40, 100_000)
/** At least a millisecond passes between two steps: which of two that came at one instant goes first is not promised. */
const passMs = fc.constantFrom(1, 1, 1, 5, 30)

/** What a storage told about caps; expired entries leave at times of the storage's own choosing. */
const told = (events: UntimedDhtEvent[]) =>
  events
    .filter((event) => !('why' in event) || event.why !== 'expired')
    .map((event) => JSON.stringify(event))
    .sort()

const valueStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      key,
      peer,
      ttlMs,
      size: fc.nat(30),
      isPreferred: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant('delete' as const), key }),
  fc.record({ do: fc.constant('expire' as const) }),
)
type ValueStep = typeof valueStep extends fc.Arbitrary<infer S> ? S : never

async function performOnValues(storage: ValueStorage, step: ValueStep, now: number): Promise<unknown> {
  switch (step.do) {
    case 'put': {
      const value = new Uint8Array(step.size).fill(step.size)
      const offered = {
        key: step.key,
        value,
        receivedAt: now,
        expiresAt: now + step.ttlMs,
        publisher: step.peer,
      }
      return storage.put(offered, () => step.isPreferred)
    }
    case 'delete':
      return storage.delete(step.key)
    case 'expire':
      await storage.deleteExpired(now)
      return storage.stats()
  }
}

const providerStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('put' as const), key, peer, ttlMs, addrs: fc.nat(3) }),
  },
  fc.record({ do: fc.constant('delete' as const), key, peer }),
  fc.record({ do: fc.constant('expire' as const) }),
)
type ProviderStep = typeof providerStep extends fc.Arbitrary<infer S> ? S : never

async function performOnProviders(
  storage: ProviderStorage,
  step: ProviderStep,
  now: number,
): Promise<unknown> {
  switch (step.do) {
    case 'put':
      return storage.put({
        key: step.key,
        provider: step.peer,
        providerBytes: new TextEncoder().encode(step.peer),
        addrs: Array.from({ length: step.addrs }, (_, i) => Uint8Array.of(4, i)),
        receivedAt: now,
        addrsExpireAt: now + step.ttlMs / 2,
        expiresAt: now + step.ttlMs,
      })
    case 'delete':
      return storage.delete(step.key, step.peer)
    case 'expire':
      await storage.deleteExpired(now)
      return storage.stats()
  }
}

describe('whatever is done, and however the clock moves', () => {
  test('values in SQLite are what they would be in memory', async () => {
    const limits = fc.record({
      maxEntries: fc.integer({ min: 1, max: 10 }),
      maxSizeBytes: fc.integer({ min: 20, max: 200 }),
      maxEntriesPerPublisher: fc.integer({ min: 1, max: 8 }),
    })
    await fc.assert(
      fc.asyncProperty(
        limits,
        fc.array(fc.tuple(valueStep, passMs), { maxLength: 60 }),
        async (caps, steps) => {
          const clock = new VirtualClock()
          const options = { ...caps, clock, localId: 'self', localKey }
          const [memoryTold, sqliteTold]: [UntimedDhtEvent[], UntimedDhtEvent[]] = [[], []]
          await database.values(options).deleteExpired(Number.POSITIVE_INFINITY)
          const memory = new MemoryValueStorage({ ...options, publish: (event) => memoryTold.push(event) })
          const sqlite = database.values({ ...options, publish: (event) => sqliteTold.push(event) })
          for (const [step, ms] of steps) {
            const now = clock.now()
            expect(await performOnValues(sqlite, step, now)).toEqual(await performOnValues(memory, step, now))
            expect(await sqlite.list()).toEqual(await memory.list())
            clock.shiftWallTime(ms)
          }
          for (const { key } of await memory.list())
            expect(await sqlite.get(key)).toEqual(await memory.get(key))
          expect(told(sqliteTold)).toEqual(told(memoryTold))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('provider records in SQLite are what they would be in memory', async () => {
    const limits = fc.record({
      maxEntries: fc.integer({ min: 1, max: 12 }),
      maxSizeBytes: fc.integer({ min: 20, max: 200 }),
      maxProvidersPerKey: fc.integer({ min: 1, max: 3 }),
      maxKeysPerProvider: fc.integer({ min: 1, max: 10 }),
    })
    await fc.assert(
      fc.asyncProperty(
        limits,
        fc.array(fc.tuple(providerStep, passMs), { maxLength: 60 }),
        async (caps, steps) => {
          const clock = new VirtualClock()
          const options = { ...caps, clock, localId: 'self', localKey }
          const [memoryTold, sqliteTold]: [UntimedDhtEvent[], UntimedDhtEvent[]] = [[], []]
          await database.providers(options).deleteExpired(Number.POSITIVE_INFINITY)
          const memory = new MemoryProviderStorage({ ...options, publish: (event) => memoryTold.push(event) })
          const sqlite = database.providers({ ...options, publish: (event) => sqliteTold.push(event) })
          for (const [step, ms] of steps) {
            const now = clock.now()
            expect(await performOnProviders(sqlite, step, now)).toEqual(
              await performOnProviders(memory, step, now),
            )
            expect(await sqlite.list()).toEqual(await memory.list())
            clock.shiftWallTime(ms)
          }
          for (const { key, provider } of await memory.list()) {
            expect(await sqlite.get(key)).toEqual(await memory.get(key))
            expect(await sqlite.keysOf(provider)).toEqual(await memory.keysOf(provider))
          }
          expect(told(sqliteTold)).toEqual(told(memoryTold))
        },
      ),
      { numRuns: 60 },
    )
  })
})
