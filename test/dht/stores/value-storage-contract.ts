import fc from 'fast-check'
import { compare } from 'uint8arrays/compare'
import { afterEach, describe, expect, test } from 'vitest'
import type { UntimedDhtEvent } from '../../../src/dht/events.ts'
import { compareDistance, keyFromBytes } from '../../../src/dht/key.ts'
import type { StoredValue, ValueStorage, ValueStorageOptions } from '../../../src/dht/stores/value-storage.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

export type MakeValueStorage = (options: ValueStorageOptions) => Promise<ValueStorage>

const HOUR_MS = 3_600_000
const localKey = keyFromBytes(Uint8Array.of(1, 2, 3))
const keys = fc.uint8Array({ minLength: 1, maxLength: 6 })
const text = (value: string) => new TextEncoder().encode(value)
const uniqueKeys = (count: number) => Array.from({ length: count }, (_, i) => text(`/v/${i}`))
/** Farthest from the local key first. */
const farthestFirst = (all: Uint8Array[]) =>
  [...all].sort((a, b) => compareDistance(keyFromBytes(b), keyFromBytes(a), localKey))

/** What every `ValueStorage` promises; run it for each implementation. */
export function valueStorageContract(name: string, make: MakeValueStorage): void {
  describe(`${name} keeps the promises of ValueStorage`, () => {
    let open: ValueStorage[] = []
    afterEach(async () => {
      await Promise.all(open.map((storage) => storage.close()))
      open = []
    })

    async function setUp(limits: Partial<ValueStorageOptions> = {}) {
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
      const value = (
        key: Uint8Array,
        content: Uint8Array | string = 'v',
        more: Partial<StoredValue> = {},
      ) => ({
        key,
        value: typeof content === 'string' ? text(content) : content,
        receivedAt: clock.now(),
        expiresAt: clock.now() + 48 * HOUR_MS,
        publisher: 'alice',
        ...more,
      })
      return { clock, events, storage, value }
    }

    test('gives back what was put', async () => {
      const { storage, value } = await setUp()
      await fc.assert(
        fc.asyncProperty(keys, fc.uint8Array({ maxLength: 100 }), async (key, content) => {
          const put = value(key, content)
          await storage.put(put)
          expect(await storage.get(key)).toEqual({ ...put, key: new Uint8Array(key) })
        }),
        { numRuns: 50 },
      )
    })

    test('an unknown key gives undefined', async () => {
      const { storage } = await setUp()
      expect(await storage.get(text('/v/none'))).toBeUndefined()
    })

    test('keeps a copy: changing the buffers afterwards changes nothing', async () => {
      const { storage, value } = await setUp()
      const key = text('/v/a')
      const content = text('before')
      await storage.put(value(key, content))
      content.fill(0)
      key.fill(0)
      expect((await storage.get(text('/v/a')))?.value).toEqual(text('before'))
    })

    test('says whether a put stored, replaced or refreshed', async () => {
      const { storage, value } = await setUp()
      const key = text('/v/a')
      expect(await storage.put(value(key, 'one'))).toBe('stored')
      expect(await storage.put(value(key, 'one'))).toBe('refreshed')
      expect(await storage.put(value(key, 'two'))).toBe('replaced')
    })

    test('a value that is not preferred leaves the held one', async () => {
      const { storage, value } = await setUp()
      const key = text('/v/a')
      await storage.put(value(key, 'newer'))
      const seen: string[] = []
      const result = await storage.put(value(key, 'older'), (held) => {
        seen.push(new TextDecoder().decode(held.value))
        return false
      })
      expect([result, seen]).toEqual(['kept-existing', ['newer']])
      expect((await storage.get(key))?.value).toEqual(text('newer'))
    })

    test('an equal value is refreshed without asking, keeps its publisher and the later expiry', async () => {
      const { clock, storage, value } = await setUp()
      const key = text('/v/a')
      await storage.put(value(key, 'same'))
      const before = await storage.get(key)
      await clock.advance(HOUR_MS)
      const again = value(key, 'same', { publisher: 'bob' })
      expect(await storage.put(again, () => expect.fail('asked'))).toBe('refreshed')
      expect(await storage.get(key)).toMatchObject({
        publisher: 'alice',
        receivedAt: clock.now(),
        expiresAt: again.expiresAt,
      })
      await storage.put({ ...again, expiresAt: before?.expiresAt ?? 0 })
      expect((await storage.get(key))?.expiresAt).toBe(again.expiresAt)
    })

    test('a failing preference rejects the put and leaves the key usable', async () => {
      const { storage, value } = await setUp()
      const key = text('/v/a')
      await storage.put(value(key, 'one'))
      await expect(
        storage.put(value(key, 'two'), () => Promise.reject(new Error('worker gone'))),
      ).rejects.toThrow('worker gone')
      expect((await storage.get(key))?.value).toEqual(text('one'))
      expect(await storage.put(value(key, 'three'))).toBe('replaced')
    })

    test('§8.13 puts of one key run one after the other: the highest always wins the race', async () => {
      const { storage, value } = await setUp()
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.nat(255), { minLength: 2, maxLength: 12 }),
          keys,
          fc.infiniteStream(fc.nat(3)),
          async (numbers, key, ticks) => {
            await storage.delete(key)
            const put = (number: number) =>
              storage.put(value(key, Uint8Array.of(number)), async (held) => {
                for (let tick = ticks.next().value ?? 0; tick > 0; tick--) await Promise.resolve()
                return number > (held.value[0] ?? 0)
              })
            await Promise.all(numbers.map(put))
            expect((await storage.get(key))?.value).toEqual(Uint8Array.of(Math.max(...numbers)))
          },
        ),
        { numRuns: 40 },
      )
    })

    test('a slow preference for one key does not hold up another', async () => {
      const { storage, value } = await setUp()
      await storage.put(value(text('/v/slow'), 'one'))
      let release: (value: boolean) => void = () => {}
      const waiting = storage.put(
        value(text('/v/slow'), 'two'),
        () => new Promise((resolve) => (release = resolve)),
      )
      expect(await storage.put(value(text('/v/other')))).toBe('stored')
      release(true)
      expect(await waiting).toBe('replaced')
    })

    test('an expired value is not served, listed or asked about, from the millisecond it expires', async () => {
      const { clock, storage, value } = await setUp()
      const key = text('/v/a')
      await storage.put(value(key, 'old', { expiresAt: clock.now() + 1000 }))
      await clock.advance(999)
      expect(await storage.get(key)).toBeDefined()
      await clock.advance(1)
      expect(await storage.get(key)).toBeUndefined()
      expect(await storage.list()).toEqual([])
      expect(await storage.put(value(key, 'new'), () => expect.fail('asked'))).toBe('stored')
    })

    test('deleteExpired deletes exactly what has expired and names it', async () => {
      const { clock, events, storage, value } = await setUp()
      await storage.put(value(text('/v/a'), 'a', { expiresAt: clock.now() + 10 }))
      await storage.put(value(text('/v/b'), 'b', { expiresAt: clock.now() + 11 }))
      await clock.advance(10)
      expect((await storage.deleteExpired(clock.now())).map((key) => [...key])).toEqual([[...text('/v/a')]])
      expect((await storage.stats()).entries).toBe(1)
      expect(events.filter((event) => event.type === 'record:removed')).toMatchObject([{ why: 'expired' }])
      expect(await storage.deleteExpired(clock.now())).toEqual([])
    })

    test('delete says whether there was one', async () => {
      const { storage, value } = await setUp()
      await storage.put(value(text('/v/a')))
      expect(await storage.delete(text('/v/a'))).toBe(true)
      expect(await storage.delete(text('/v/a'))).toBe(false)
      expect(await storage.get(text('/v/a'))).toBeUndefined()
    })

    test('lists in key order, by prefix, page by page', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(keys, { maxLength: 20, selector: String }),
          fc.uint8Array({ maxLength: 1 }),
          fc.integer({ min: 1, max: 5 }),
          async (all, prefix, limit) => {
            const { storage, value } = await setUp()
            for (const key of all) await storage.put(value(key))
            const listed: Uint8Array[] = []
            for (;;) {
              const after = listed.at(-1)
              const page = await storage.list({ prefix, limit, ...(after !== undefined && { after }) })
              expect(page.length).toBeLessThanOrEqual(limit)
              if (page.length === 0) break
              listed.push(...page.map(({ key }) => key))
            }
            const expected = all.filter((key) => prefix.every((byte, i) => key[i] === byte)).sort(compare)
            expect(listed.map(String)).toEqual(expected.map(String))
          },
        ),
        { numRuns: 30 },
      )
    })

    test('a listing gives sizes and no bytes', async () => {
      const { storage, value } = await setUp()
      await storage.put(value(text('/v/a'), 'twelve bytes'))
      const [info] = await storage.list()
      expect(info).toMatchObject({ sizeBytes: 12, publisher: 'alice' })
      expect(info).not.toHaveProperty('value')
    })

    test('counts entries, and keys and values in bytes', async () => {
      const { storage, value } = await setUp({ maxEntries: 7, maxSizeBytes: 700 })
      await storage.put(value(text('/v/a'), '12345'))
      await storage.put(value(text('/v/b'), '1'))
      await storage.put(value(text('/v/a'), '123'))
      await storage.delete(text('/v/b'))
      expect(await storage.stats()).toEqual({ entries: 1, sizeBytes: 7, maxEntries: 7, maxSizeBytes: 700 })
    })

    test('§8.14 at the cap of entries the nearest keys are the ones kept', async () => {
      const { events, storage, value } = await setUp({ maxEntries: 10 })
      const all = uniqueKeys(40)
      for (const key of all) await storage.put(value(key))
      const kept = (await storage.list()).map(({ key }) => String(key)).sort()
      expect(kept).toEqual(farthestFirst(all).slice(30).map(String).sort())
      expect((await storage.stats()).entries).toBe(10)
      expect(events.some((event) => event.type === 'record:removed' && event.why === 'cap')).toBe(true)
    })

    test('the farthest key of all is refused as full and displaces nothing', async () => {
      const { events, storage, value } = await setUp({ maxEntries: 3 })
      const [farthest, ...rest] = farthestFirst(uniqueKeys(4))
      for (const key of rest) await storage.put(value(key))
      expect(await storage.put(value(farthest ?? text('')))).toBe('full')
      expect((await storage.list()).length).toBe(3)
      expect(events.at(-1)).toMatchObject({ type: 'record:refused', from: 'alice' })
    })

    test('§8.14 at the cap of bytes as many of the farthest leave as it takes', async () => {
      const { storage, value } = await setUp({ maxSizeBytes: 100 })
      const [first, second, third, nearest] = farthestFirst(uniqueKeys(4))
      for (const key of [first, second, third]) await storage.put(value(key ?? text(''), 'x'.repeat(20)))
      expect(await storage.put(value(nearest ?? text(''), 'y'.repeat(60)))).toBe('stored')
      expect((await storage.list()).map(({ key }) => String(key)).sort()).toEqual(
        [third, nearest].map(String).sort(),
      )
      expect((await storage.stats()).sizeBytes).toBeLessThanOrEqual(100)
    })

    test('a value larger than the whole cap is refused and displaces nothing', async () => {
      const { storage, value } = await setUp({ maxSizeBytes: 100 })
      const [far, near] = farthestFirst(uniqueKeys(2))
      await storage.put(value(far ?? text('')))
      expect(await storage.put(value(near ?? text(''), 'x'.repeat(200)))).toBe('full')
      expect((await storage.list()).length).toBe(1)
    })

    test('expired values make room before live ones do', async () => {
      const { clock, storage, value } = await setUp({ maxEntries: 2 })
      const [farthest, middle, nearest] = farthestFirst(uniqueKeys(3))
      await storage.put(value(farthest ?? text('')))
      await storage.put(value(nearest ?? text(''), 'v', { expiresAt: clock.now() + 5 }))
      await clock.advance(5)
      expect(await storage.put(value(middle ?? text('')))).toBe('stored')
      expect((await storage.list()).map(({ key }) => String(key)).sort()).toEqual(
        [farthest, middle].map(String).sort(),
      )
    })

    test('our own values are never displaced, and displace', async () => {
      const { storage, value } = await setUp({ maxEntries: 2 })
      const [farthest, middle, nearest] = farthestFirst(uniqueKeys(3))
      await storage.put(value(middle ?? text('')))
      await storage.put(value(nearest ?? text('')))
      expect(await storage.put(value(farthest ?? text(''), 'mine', { publisher: 'self' }))).toBe('stored')
      expect(await storage.put(value(middle ?? text('')))).toBe('full')
      expect((await storage.get(farthest ?? text('')))?.publisher).toBe('self')
    })

    test('§8.14 one publisher cannot take more than its share, and may refresh what it has', async () => {
      const { clock, storage, value } = await setUp({ maxEntriesPerPublisher: 2 })
      const [a, b, c] = uniqueKeys(3).map((key) => key)
      expect(await storage.put(value(a ?? text('')))).toBe('stored')
      expect(await storage.put(value(b ?? text(''), 'v', { expiresAt: clock.now() + 10 }))).toBe('stored')
      expect(await storage.put(value(c ?? text('')))).toBe('full')
      expect(await storage.put(value(a ?? text('')))).toBe('refreshed')
      expect(await storage.put(value(a ?? text(''), 'more'))).toBe('replaced')
      expect(await storage.put(value(c ?? text(''), 'v', { publisher: 'bob' }))).toBe('stored')
      await clock.advance(10)
      expect(await storage.put(value(text('/v/d')))).toBe('stored')
    })

    test('publishes what happened to a key', async () => {
      const { events, storage, value } = await setUp()
      const key = text('/v/a')
      await storage.put(value(key, 'one'))
      await storage.put(value(key, 'one'))
      await storage.put(value(key, 'three'))
      await storage.put(value(key, 'two'), () => false)
      await storage.delete(key)
      expect(events).toMatchObject([
        { type: 'record:stored', change: 'new', from: 'alice', sizeBytes: 3 },
        { type: 'record:stored', change: 'refreshed' },
        { type: 'record:stored', change: 'replaced', sizeBytes: 5 },
        { type: 'record:refused' },
        { type: 'record:removed', why: 'user' },
      ])
    })
  })
}
