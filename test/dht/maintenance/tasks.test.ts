import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyFromBytes, keyText } from '../../../src/dht/key.ts'
import { randomKeyIn } from '../../../src/dht/maintenance/bucket-keys.ts'
import { DueKeys } from '../../../src/dht/maintenance/due-keys.ts'
import { Expiry } from '../../../src/dht/maintenance/expiry.ts'
import { Liveness } from '../../../src/dht/maintenance/liveness.ts'
import { makeMaintenance } from '../../../src/dht/maintenance/maintenance.ts'
import { RandomWalk } from '../../../src/dht/maintenance/random-walk.ts'
import { Refresh } from '../../../src/dht/maintenance/refresh.ts'
import { Reprovide } from '../../../src/dht/maintenance/reprovide.ts'
import { Republish } from '../../../src/dht/maintenance/republish.ts'
import { provide } from '../../../src/dht/operations/provide.ts'
import { putValue } from '../../../src/dht/operations/put-value.ts'
import { NamespacedValidator } from '../../../src/dht/records/namespaced-validator.ts'
import { isMultihash } from '../../../src/dht/wire/multihash.ts'
import { SeededRandom } from '../../../src/sim/seeded-random.ts'
import { largestByte, text } from '../operations/network-world.ts'
import { maintenanceNode, neverAborted } from './maintenance-node.ts'

const HOUR_MS = 3_600_000
const validator = new NamespacedValidator({ n: largestByte })

test('a key to refresh a bucket lies in the range of that bucket, and is shaped as a multihash', () => {
  const { table } = maintenanceNode({ known: 60 })
  expect(table.buckets.length).toBeGreaterThan(2)
  fc.assert(
    fc.property(fc.integer(), fc.nat(table.buckets.length - 1), (seed, index) => {
      const bucket = table.buckets[index]
      const key = randomKeyIn(new SeededRandom(seed), (place) => bucket?.keyInRange(place) ?? false, 1 << 14)
      expect(key !== undefined && isMultihash(key) && bucket?.keyInRange(keyFromBytes(key))).toBe(true)
    }),
  )
})

test('an empty table is filled from the bootstrap peers, then refreshed bucket by bucket', async () => {
  const { world, clock, context, table, eventsOf } = maintenanceNode()
  const findBootstrapPeers = async () => world.live.peers.slice(0, 1)
  const refresh = new Refresh(context, { findBootstrapPeers, intervalMs: 10 * 60_000 })
  const first = await clock.runUntil(refresh.run(clock.now(), neverAborted))
  expect(first.result).toMatch(/^bootstrapped: 0 peers before, \d+ now$/)
  expect(first.nextInMs).toBe(30_000)
  expect(table.size()).toBeGreaterThan(10)
  const before = eventsOf('operation:started').length
  await clock.runUntil(refresh.run(clock.now(), neverAborted))
  const lookups = eventsOf('operation:started').slice(before)
  expect(lookups.length).toBe(table.buckets.length)
  const targeted = lookups.map(({ target }) => table.bucketOf(target))
  expect(new Set(targeted).size).toBe(table.buckets.length)
})

test('without anybody to ask it is tried again, later each time', async () => {
  const { clock, context } = maintenanceNode()
  const refresh = new Refresh(context)
  const pauses: number[] = []
  for (let i = 0; i < 11; i++) pauses.push((await refresh.run(clock.now(), neverAborted)).nextInMs)
  expect(pauses.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000])
  expect(pauses.at(-1)).toBe(300_000)
})

test('walks follow each other quickly while they bring new peers, and slowly when they do not', async () => {
  const { clock, context, table } = maintenanceNode({ known: 3, servers: 400 })
  const walk = new RandomWalk(context)
  expect(await clock.runUntil(walk.run(clock.now(), neverAborted))).toMatchObject({ nextInMs: 60_000 })
  table.clear()
  expect((await walk.run(clock.now(), neverAborted)).nextInMs).toBe(60_000)
  const quiet = maintenanceNode({ known: 4, servers: 4 })
  const bored = new RandomWalk(quiet.context)
  const pauses: number[] = []
  for (let i = 0; i < 7; i++) {
    pauses.push((await quiet.clock.runUntil(bored.run(quiet.clock.now(), neverAborted))).nextInMs)
  }
  expect(pauses).toEqual([2, 4, 8, 16, 30, 30, 30].map((minutes) => minutes * 60_000))
})

test('a silent table entry is asked after ten minutes, and leaves after two failures; the living stay', async () => {
  const { clock, context, table, world, eventsOf } = maintenanceNode({ known: 4 })
  const [gone] = [...table.entries()].map(({ peer }) => peer)
  const size = table.size()
  const node = world.find(gone?.id ?? '')
  if (node === undefined) throw new Error('no node')
  node.behaviour = 'refusing'
  const liveness = new Liveness(context)
  expect((await liveness.run(clock.now(), neverAborted)).result).toBeUndefined()
  await clock.advance(10 * 60_000 + 1)
  const first = await clock.runUntil(liveness.run(clock.now(), neverAborted))
  expect(first.result).toBe(`${size - 1} of ${size} peers answered`)
  expect(table.entry(node.peer.id)?.strikes).toBe(1)
  const second = await clock.runUntil(liveness.run(clock.now(), neverAborted))
  expect(second.result).toBe('0 of 1 peers answered')
  expect(table.entry(node.peer.id)).toBeUndefined()
  expect(table.size()).toBe(size - 1)
  expect(eventsOf('table:removed').at(-1)?.reason).toBe('two-strikes')
})

test('what has expired is deleted', async () => {
  const { clock, context } = maintenanceNode({ known: 10, validator })
  await clock.runUntil(putValue(context, text('/n/a'), Uint8Array.of(1), { ttlMs: HOUR_MS }))
  await clock.runUntil(provide(context, text('key')))
  const expiry = new Expiry(context)
  expect((await expiry.run(clock.now())).result).toBeUndefined()
  await clock.advance(2 * HOUR_MS)
  expect((await expiry.run(clock.now())).result).toBe('deleted 1 values, 0 provider records')
  await clock.advance(48 * HOUR_MS)
  expect((await expiry.run(clock.now())).result).toBe('deleted 0 values, 1 provider records')
})

test('own values and provider records are published again after 22 hours; those of others are not', async () => {
  const { clock, context, eventsOf } = maintenanceNode({ known: 10, validator })
  const other = { publisher: 'other', receivedAt: clock.now(), expiresAt: clock.now() + 48 * HOUR_MS }
  await context.values.put({ key: text('/n/other'), value: Uint8Array.of(1), ...other })
  await clock.runUntil(putValue(context, text('/n/own'), Uint8Array.of(2)))
  await clock.runUntil(provide(context, text('key')))
  const before = eventsOf('operation:started').length
  const scheduler = makeMaintenance(context, { refresh: { intervalMs: 0 } })
  scheduler.start()
  await clock.advance(23 * HOUR_MS)
  await scheduler.stop()
  const again = eventsOf('operation:started').slice(before)
  const published = again.filter(({ kind }) => kind === 'PUT_VALUE' || kind === 'PROVIDE')
  expect(published.map(({ kind, key }) => [kind, keyText(key)])).toEqual([
    ['PUT_VALUE', '/n/own'],
    ['PROVIDE', 'key'],
  ])
  const done = eventsOf('maintenance:done').map(({ task, result }) => `${task}: ${result}`)
  expect(done).toContain('republish: published 1 of 1 values again')
  expect(done).toContain('reprovide: announced 1 of 1 keys again')
  expect(clock.pendingTimers).toBe(0)
})

test('what nobody took is published again soon; what is deleted or not valid any more is not', async () => {
  const { clock, context, eventsOf } = maintenanceNode({ validator })
  await clock.runUntil(putValue(context, text('/n/a'), Uint8Array.of(1)))
  await clock.runUntil(provide(context, text('key')))
  await clock.advance(22 * HOUR_MS)
  for (const task of [new Republish(context), new Reprovide(context)]) {
    const run = await clock.runUntil(task.run(clock.now(), neverAborted))
    expect(run).toMatchObject({ nextInMs: 600_000, result: expect.stringMatching(/ 0 of 1 /) })
  }
  await context.values.delete(text('/n/a'))
  const now = clock.now()
  const invalid = { publisher: context.network.self.id, receivedAt: 0, expiresAt: now + HOUR_MS }
  await context.values.put({ key: text('/n/b'), value: Uint8Array.of(255), ...invalid })
  const before = eventsOf('operation:started').length
  await clock.runUntil(new Republish(context).run(now, neverAborted))
  expect(eventsOf('operation:started')).toHaveLength(before)
})

test('keys are due by their interval, after a failure by a shorter one, and looked at once an hour', () => {
  const due = new DueKeys(22 * HOUR_MS)
  const keys = [{ key: text('a'), publishedAt: 0 }]
  expect(due.due(keys, 22 * HOUR_MS - 1)).toEqual([])
  expect(due.due(keys, 22 * HOUR_MS)).toEqual(keys)
  expect(due.nextInMs(keys, 0)).toBe(HOUR_MS)
  due.note(text('a'), false, 22 * HOUR_MS)
  expect(due.due(keys, 22 * HOUR_MS)).toEqual([])
  expect(due.nextInMs(keys, 22 * HOUR_MS)).toBe(600_000)
  due.due([], 22 * HOUR_MS)
  expect(due.due(keys, 22 * HOUR_MS)).toEqual(keys)
})
