import fc from 'fast-check'
import { compare } from 'uint8arrays/compare'
import { afterEach, describe, expect, test } from 'vitest'
import type { UntimedDhtEvent } from '../../../src/dht/events.ts'
import { compareDistance, keyFromBytes } from '../../../src/dht/key.ts'
import type {
  ProviderStorage,
  ProviderStorageOptions,
  StoredProvider,
} from '../../../src/dht/stores/provider-storage.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

export type MakeProviderStorage = (options: ProviderStorageOptions) => Promise<ProviderStorage>

const HOUR_MS = 3_600_000
const localKey = keyFromBytes(Uint8Array.of(1, 2, 3))
const text = (value: string) => new TextEncoder().encode(value)
const uniqueKeys = (count: number) => Array.from({ length: count }, (_, i) => text(`key ${i}`))
/** Farthest from the local key first. */
const farthestFirst = (all: Uint8Array[]) =>
  [...all].sort((a, b) => compareDistance(keyFromBytes(b), keyFromBytes(a), localKey))
const keys = fc.uint8Array({ minLength: 1, maxLength: 4 })
const ids = fc.constantFrom('ann', 'bob', 'cid', 'dan')

/** What every `ProviderStorage` promises; run it for each implementation. */
export function providerStorageContract(name: string, make: MakeProviderStorage): void {
  describe(`${name} keeps the promises of ProviderStorage`, () => {
    let open: ProviderStorage[] = []
    afterEach(async () => {
      await Promise.all(open.map((storage) => storage.close()))
      open = []
    })

    async function setUp(limits: Partial<ProviderStorageOptions> = {}) {
      const clock = new VirtualClock()
      const events: UntimedDhtEvent[] = []
      const storage = await make({
        clock,
        localId: 'self',
        localKey,
        publish: (event) => events.push(event),
        ...limits,
      })
      open.push(storage)
      const record = (
        key: Uint8Array,
        provider = 'ann',
        more: Partial<StoredProvider> = {},
      ): StoredProvider => ({
        key,
        provider,
        providerBytes: text(provider),
        addrs: [Uint8Array.of(4, 1, 2, 3, 4, 6, 15, 161)],
        receivedAt: clock.now(),
        addrsExpireAt: clock.now() + 24 * HOUR_MS,
        expiresAt: clock.now() + 48 * HOUR_MS,
        ...more,
      })
      return { clock, events, storage, record }
    }

    test('gives back what was put', async () => {
      const { storage, record } = await setUp()
      const put = record(text('key'))
      expect(await storage.put(put)).toBe('stored')
      expect(await storage.get(text('key'))).toEqual([put])
      expect(await storage.get(text('other'))).toEqual([])
    })

    test('keeps a copy: changing the buffers afterwards changes nothing', async () => {
      const { storage, record } = await setUp()
      const put = record(text('key'))
      await storage.put(put)
      for (const bytes of [put.key, put.providerBytes, ...put.addrs]) bytes.fill(0)
      expect(await storage.get(text('key'))).toEqual([record(text('key'))])
    })

    test('agrees with a plain map over any sequence of puts and deletes', async () => {
      const step = fc.record({ key: keys, provider: ids, isDelete: fc.boolean() })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const { storage, record } = await setUp()
          const model = new Map<string, StoredProvider>()
          for (const { key, provider, isDelete } of steps) {
            const name = `${provider} ${key}`
            const existed = model.has(name)
            if (isDelete) {
              expect(await storage.delete(key, provider)).toBe(existed)
              model.delete(name)
            } else {
              expect(await storage.put(record(key, provider))).toBe(existed ? 'refreshed' : 'stored')
              model.set(name, record(key, provider))
            }
          }
          const expected = [...model.values()].sort(
            (a, b) => compare(a.key, b.key) || (a.provider < b.provider ? -1 : 1),
          )
          expect(await storage.list()).toEqual(
            expected.map((each) => ({ ...each, key: new Uint8Array(each.key) })),
          )
          for (const provider of ['ann', 'bob', 'cid', 'dan']) {
            const owned = expected
              .filter((each) => each.provider === provider)
              .map((each) => String(each.key))
            expect((await storage.keysOf(provider)).map(String)).toEqual(owned)
          }
        }),
        { numRuns: 40 },
      )
    })

    test('gives the most recent first, at most as many as asked', async () => {
      const { clock, storage, record } = await setUp()
      for (const provider of ['ann', 'bob', 'cid', 'ann']) {
        await storage.put(record(text('key'), provider))
        await clock.advance(1)
      }
      expect((await storage.get(text('key'))).map(({ provider }) => provider)).toEqual(['ann', 'cid', 'bob'])
      expect((await storage.get(text('key'), 2)).map(({ provider }) => provider)).toEqual(['ann', 'cid'])
    })

    test('a refresh replaces addresses and times', async () => {
      const { clock, storage, record } = await setUp()
      await storage.put(record(text('key')))
      await clock.advance(HOUR_MS)
      const again = record(text('key'), 'ann', { addrs: [Uint8Array.of(1)] })
      expect(await storage.put(again)).toBe('refreshed')
      expect(await storage.get(text('key'))).toEqual([again])
    })

    test('addresses expire before the record, from the millisecond on', async () => {
      const { clock, storage, record } = await setUp()
      await storage.put(record(text('key')))
      await clock.advance(24 * HOUR_MS - 1)
      expect((await storage.get(text('key')))[0]?.addrs).toHaveLength(1)
      await clock.advance(1)
      expect((await storage.get(text('key')))[0]?.addrs).toEqual([])
      expect((await storage.list())[0]?.addrs).toEqual([])
    })

    test('an expired record is nowhere, from the millisecond it expires', async () => {
      const { clock, storage, record } = await setUp()
      await storage.put(record(text('key')))
      await clock.advance(48 * HOUR_MS - 1)
      expect(await storage.get(text('key'))).toHaveLength(1)
      await clock.advance(1)
      expect(await storage.get(text('key'))).toEqual([])
      expect(await storage.keysOf('ann')).toEqual([])
      expect(await storage.list()).toEqual([])
      expect(await storage.delete(text('key'), 'ann')).toBe(false)
    })

    test('an expired record put again is new', async () => {
      const { clock, storage, record } = await setUp()
      await storage.put(record(text('key')))
      await clock.advance(48 * HOUR_MS)
      expect(await storage.put(record(text('key')))).toBe('stored')
    })

    test('deleteExpired deletes exactly what has expired and names it', async () => {
      const { clock, events, storage, record } = await setUp()
      await storage.put(record(text('a'), 'ann', { expiresAt: clock.now() + 10 }))
      await storage.put(record(text('a'), 'bob', { expiresAt: clock.now() + 11 }))
      await clock.advance(10)
      const deleted = await storage.deleteExpired(clock.now())
      expect(deleted.map(({ key, provider }) => [String(key), provider])).toEqual([
        [String(text('a')), 'ann'],
      ])
      expect((await storage.stats()).entries).toBe(1)
      expect(events.filter((event) => event.type === 'provider:removed')).toMatchObject([{ why: 'expired' }])
    })

    test('lists page by page', async () => {
      const { storage, record } = await setUp()
      for (const key of uniqueKeys(4))
        for (const provider of ['ann', 'bob']) await storage.put(record(key, provider))
      const listed: StoredProvider[] = []
      for (;;) {
        const after = listed.at(-1)
        const page = await storage.list({ limit: 3, ...(after !== undefined && { after }) })
        if (page.length === 0) break
        listed.push(...page)
      }
      expect(listed).toEqual(await storage.list())
      expect(listed).toHaveLength(8)
    })

    test('keysOf gives keys in order, at most as many as asked', async () => {
      const { storage, record } = await setUp()
      for (const key of uniqueKeys(5).reverse()) await storage.put(record(key))
      expect((await storage.keysOf('ann', 3)).map(String)).toEqual(uniqueKeys(3).map(String))
    })

    test('counts records, and keys, ids and addresses in bytes', async () => {
      const { storage, record } = await setUp({ maxEntries: 7, maxSizeBytes: 700 })
      await storage.put(record(text('key'), 'ann'))
      await storage.put(record(text('key'), 'ann'))
      await storage.put(record(text('key'), 'bob', { addrs: [] }))
      expect(await storage.stats()).toEqual({
        entries: 2,
        sizeBytes: 14 + 6,
        maxEntries: 7,
        maxSizeBytes: 700,
      })
    })

    test('§8.15 at the cap of providers the key’s record nearest to expiry leaves', async () => {
      const { clock, events, storage, record } = await setUp({ maxProvidersPerKey: 2 })
      await storage.put(record(text('key'), 'ann'))
      await clock.advance(1)
      await storage.put(record(text('key'), 'bob'))
      await clock.advance(1)
      await storage.put(record(text('key'), 'ann'))
      expect(await storage.put(record(text('key'), 'cid'))).toBe('stored')
      const kept = (await storage.get(text('key'))).map(({ provider }) => provider).sort()
      expect(kept).toEqual(['ann', 'cid'])
      expect(events.filter((event) => event.type === 'provider:removed')).toMatchObject([
        { provider: 'bob', why: 'cap' },
      ])
    })

    test('our own record is never displaced, whatever the cap', async () => {
      const { storage, record } = await setUp({ maxProvidersPerKey: 1, maxEntries: 1 })
      await storage.put(record(text('key'), 'self'))
      expect(await storage.put(record(text('key'), 'ann'))).toBe('full')
      for (const key of uniqueKeys(5)) expect(await storage.put(record(key, 'ann'))).toBe('full')
      expect((await storage.get(text('key'))).map(({ provider }) => provider)).toEqual(['self'])
    })

    test('§8.14 at the cap of records the nearest keys are the ones kept', async () => {
      const { storage, record } = await setUp({ maxEntries: 10 })
      const all = uniqueKeys(40)
      for (const key of all) await storage.put(record(key))
      const kept = (await storage.list()).map(({ key }) => String(key)).sort()
      expect(kept).toEqual(farthestFirst(all).slice(30).map(String).sort())
    })

    test('of the farthest key the record nearest to expiry leaves first', async () => {
      const { clock, storage, record } = await setUp({ maxEntries: 2 })
      const [farthest = text(''), nearest = text('')] = farthestFirst(uniqueKeys(2))
      await storage.put(record(farthest, 'ann'))
      await clock.advance(1)
      await storage.put(record(farthest, 'bob'))
      expect(await storage.put(record(nearest, 'cid'))).toBe('stored')
      expect((await storage.get(farthest)).map(({ provider }) => provider)).toEqual(['bob'])
    })

    test('§8.14 the cap of bytes holds, and the farthest key is refused', async () => {
      const { events, storage, record } = await setUp({ maxSizeBytes: 40 })
      const [farthest = text(''), middle = text(''), nearest = text('')] = farthestFirst(uniqueKeys(3))
      await storage.put(record(middle))
      await storage.put(record(nearest))
      expect(await storage.put(record(farthest))).toBe('full')
      expect(events.at(-1)).toMatchObject({ type: 'provider:refused', provider: 'ann' })
      expect((await storage.stats()).sizeBytes).toBeLessThanOrEqual(40)
    })

    test('expired records make room before live ones do', async () => {
      const { clock, storage, record } = await setUp({ maxEntries: 2 })
      const [farthest = text(''), middle = text(''), nearest = text('')] = farthestFirst(uniqueKeys(3))
      await storage.put(record(farthest))
      await storage.put(record(nearest, 'ann', { expiresAt: clock.now() + 5 }))
      await clock.advance(5)
      expect(await storage.put(record(middle))).toBe('stored')
      expect((await storage.get(farthest)).length).toBe(1)
    })

    test('§8.15 one provider cannot take more than its share of keys, and may refresh', async () => {
      const { clock, storage, record } = await setUp({ maxKeysPerProvider: 2 })
      expect(await storage.put(record(text('a')))).toBe('stored')
      expect(await storage.put(record(text('b'), 'ann', { expiresAt: clock.now() + 10 }))).toBe('stored')
      expect(await storage.put(record(text('c')))).toBe('full')
      expect(await storage.put(record(text('a')))).toBe('refreshed')
      expect(await storage.put(record(text('c'), 'bob'))).toBe('stored')
      await clock.advance(10)
      expect(await storage.put(record(text('c')))).toBe('stored')
    })

    test('§8.15 a refresh is never refused by a cap', async () => {
      const { storage, record } = await setUp({ maxEntries: 1, maxSizeBytes: 20, maxProvidersPerKey: 1 })
      await storage.put(record(text('key')))
      expect(await storage.put(record(text('key')))).toBe('refreshed')
    })

    test('publishes what happened to a record', async () => {
      const { events, storage, record } = await setUp()
      await storage.put(record(text('key')))
      await storage.put(record(text('key')))
      await storage.delete(text('key'), 'ann')
      expect(events).toMatchObject([
        { type: 'provider:stored', provider: 'ann', change: 'new' },
        { type: 'provider:stored', change: 'refreshed' },
        { type: 'provider:removed', why: 'user' },
      ])
    })
  })
}
