import { expect, test } from 'vitest'
import { Feed } from '../../../src/main/api/feed/feed.ts'
import {
  type FeedBatch,
  type FeedEvent,
  MAX_UNACKNOWLEDGED,
  type Snapshot,
} from '../../../src/shared/feed.ts'
import type { OperationRow, RpcRow } from '../../../src/shared/rows.ts'
import type { TraceEvent } from '../../../src/shared/trace-event.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

const snapshot = { operations: [] as OperationRow[] } as Snapshot

/** A feed on a clock of its own, with everything it sent. */
function makeFeed() {
  const clock = new VirtualClock()
  const feed = new Feed({
    feedId: 'f1',
    backendId: 'b1',
    clock,
    networkId: () => 'sandbox',
    snapshot: () => ({ type: 'snapshot:taken', snapshot }),
  })
  const sent: FeedBatch[] = []
  const ended = (async () => {
    for await (const batch of feed.batches()) sent.push(batch)
  })()
  return { clock, feed, sent, ended }
}

let lastId = 0
const change = (): FeedEvent => ({
  type: 'operations:changed',
  rows: [{ id: String(++lastId) } as OperationRow],
})

test('batches are numbered from 1 without gaps, and begin with a snapshot', async () => {
  const { clock, feed, sent } = makeFeed()
  for (let i = 0; i < 10; i++) {
    feed.push(change())
    await clock.advance(100)
    feed.acknowledge(sent.length)
  }
  expect(sent.map(({ seq }) => seq)).toEqual(sent.map((_, i) => i + 1))
  expect(sent[0]?.events[0]?.type).toBe('snapshot:taken')
  expect(sent.slice(1).flatMap(({ events }) => events.map(({ type }) => type))).not.toContain(
    'snapshot:taken',
  )
})

test('at most ten batches leave in a second, however much happens', async () => {
  const { clock, feed, sent } = makeFeed()
  for (let ms = 0; ms < 1000; ms += 5) {
    feed.push(change())
    await clock.advance(5)
    feed.acknowledge(sent.length)
  }
  const gaps = sent.slice(1).map(({ at }, i) => at - (sent[i]?.at ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100)
  expect(sent.length).toBeGreaterThan(5)
})

test('nothing leaves while nothing changes', async () => {
  const { clock, sent } = makeFeed()
  await clock.advance(60_000)
  expect(sent).toHaveLength(1)
  expect(clock.pendingTimers).toBe(0)
})

test('a client that does not acknowledge gets four batches, and after its acknowledgement all the rest in one', async () => {
  const { clock, feed, sent } = makeFeed()
  for (let i = 0; i < 50; i++) {
    feed.push(change())
    await clock.advance(100)
  }
  expect(sent).toHaveLength(MAX_UNACKNOWLEDGED)
  feed.acknowledge(MAX_UNACKNOWLEDGED)
  await clock.advance(100)
  expect(sent).toHaveLength(MAX_UNACKNOWLEDGED + 1)
  const rows = sent.flatMap(({ events }) =>
    events.flatMap((e) => (e.type === 'operations:changed' ? e.rows : [])),
  )
  // The first change was part of the snapshot.
  expect(new Set(rows.map(({ id }) => id)).size).toBe(49)
})

test('samples dropped meanwhile are counted; the count only grows', async () => {
  const { clock, feed, sent } = makeFeed()
  for (let i = 0; i < 60; i++) {
    feed.push({ type: 'rpcs:seen', rows: Array.from({ length: 100 }, () => ({}) as RpcRow) })
    feed.noteSeen(100)
    await clock.advance(100)
  }
  feed.acknowledge(4)
  await clock.advance(200)
  const rows = sent.flatMap(({ events }) => events.flatMap((e) => (e.type === 'rpcs:seen' ? e.rows : [])))
  const dropped = sent.at(-1)?.dropped ?? 0
  // The first hundred were part of the snapshot.
  expect(rows.length + dropped).toBe(5_900)
  expect(dropped).toBeGreaterThan(0)
  expect(sent.reduce((sum, { seen }) => sum + seen, 0)).toBe(6_000)
})

test('a resync brings a snapshot at once, also to a client that acknowledged nothing', async () => {
  const { clock, feed, sent } = makeFeed()
  for (let i = 0; i < 10; i++) {
    feed.push(change())
    await clock.advance(100)
  }
  feed.resync()
  await clock.advance(100)
  expect(sent.at(-1)?.events.map(({ type }) => type)).toEqual(['snapshot:taken'])
  expect(sent.at(-1)?.seq).toBe(MAX_UNACKNOWLEDGED + 1)
})

test('events of traces are carried only for those that are watched', async () => {
  const { clock, feed, sent } = makeFeed()
  await clock.advance(100)
  feed.watch(['x-1'])
  const events = [{ type: 'lookup:phase' } as TraceEvent]
  for (const id of ['x-1', 'x-2']) feed.push({ type: 'trace:grew', id, fromIndex: 0, events })
  await clock.advance(100)
  expect(sent[1]?.events).toEqual([{ type: 'trace:grew', id: 'x-1', fromIndex: 0, events }])
})

test('closing ends the batches and leaves no timer', async () => {
  const { clock, feed, ended } = makeFeed()
  feed.push(change())
  feed.close()
  feed.push(change())
  await ended
  expect(clock.pendingTimers).toBe(0)
})
