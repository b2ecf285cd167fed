import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_SAMPLES, Outbox } from '../../../src/main/api/feed/outbox.ts'
import type { FeedEvent, FeedEventOf, Snapshot } from '../../../src/shared/feed.ts'
import type { LogRow, OperationRow, PeerRow, RpcRow } from '../../../src/shared/rows.ts'

const snapshot: Snapshot = {
  networks: [],
  peers: [],
  operations: [],
  rpcs: [],
  validators: [],
  rates: [],
  log: [],
}
const take = (outbox: Outbox) => outbox.take(() => ({ type: 'snapshot:taken', snapshot }))

/** An outbox whose snapshot has been sent. */
function begun(): Outbox {
  const outbox = new Outbox()
  take(outbox)
  return outbox
}

function only<T extends FeedEvent['type']>(events: FeedEvent[], type: T): FeedEventOf<T>[] {
  return events.filter((event): event is FeedEventOf<T> => event.type === type)
}

const operation = (id: string, result = '') => ({ id, result }) as OperationRow
const peer = (id: string, strikes = 0) => ({ id, strikes }) as PeerRow
const rpc = (id: number) => ({ id: String(id) }) as RpcRow
const line = (seq: number) => ({ seq }) as LogRow

test('the first batch is a snapshot, and what came before it is part of it', () => {
  const outbox = new Outbox()
  outbox.add({ type: 'operations:changed', rows: [operation('a')] })
  outbox.add({ type: 'notice:raised', severity: 'warn', text: 'The disk is full.' })
  expect(take(outbox).events.map(({ type }) => type)).toEqual(['snapshot:taken', 'notice:raised'])
  expect(outbox.isEmpty()).toBe(true)
})

test('rows of one id are merged: the last stands, the others are gone', () => {
  const outbox = begun()
  outbox.add({ type: 'operations:changed', rows: [operation('a', 'old'), operation('b')] })
  outbox.add({ type: 'operations:changed', rows: [operation('a', 'new')] })
  const [event, ...more] = only(take(outbox).events, 'operations:changed')
  expect(more).toEqual([])
  expect(event?.rows).toEqual([operation('a', 'new'), operation('b')])
})

test('after any changes a peer is changed or removed, as the last change said', () => {
  const change = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    isRemoved: fc.boolean(),
    strikes: fc.nat(9),
  })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const outbox = begun()
      const last = new Map<string, PeerRow | undefined>()
      for (const { id, isRemoved, strikes } of changes) {
        const row = peer(id, strikes)
        last.set(id, isRemoved ? undefined : row)
        outbox.add({ type: 'peers:changed', changed: isRemoved ? [] : [row], removed: isRemoved ? [id] : [] })
      }
      const [event = { changed: [], removed: [] }] = only(take(outbox).events, 'peers:changed')
      const told = new Map<string, PeerRow | undefined>(event.changed.map((row) => [row.id, row]))
      for (const id of event.removed) told.set(id, undefined)
      expect(told).toEqual(last)
    }),
  )
})

test('every sample is either sent or counted as dropped, and the newest are sent', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 8 }), (sizes) => {
      const outbox = begun()
      let given = 0
      for (const size of sizes) {
        outbox.add({ type: 'rpcs:seen', rows: Array.from({ length: size }, () => rpc(++given)) })
      }
      const { events, dropped } = take(outbox)
      const rows = only(events, 'rpcs:seen').flatMap((event) => event.rows)
      expect(rows.length + dropped).toBe(given)
      expect(rows.length).toBeLessThanOrEqual(MAX_SAMPLES)
      if (given > 0) expect(rows.at(-1)?.id).toBe(String(given))
    }),
  )
})

test('commands, results and notices are not dropped, however many samples there are', () => {
  const outbox = begun()
  outbox.add({ type: 'operations:changed', rows: [operation('mine', 'stored')] })
  outbox.add({ type: 'notice:raised', severity: 'bad', text: 'first' })
  for (let i = 0; i < 50; i++) {
    outbox.add({ type: 'log:written', rows: Array.from({ length: 100 }, (_, j) => line(i * 100 + j)) })
  }
  outbox.add({ type: 'notice:raised', severity: 'bad', text: 'second' })
  const { events, dropped } = take(outbox)
  expect(dropped).toBe(5_000 - MAX_SAMPLES)
  expect(only(events, 'operations:changed')[0]?.rows).toEqual([operation('mine', 'stored')])
  expect(only(events, 'notice:raised').map(({ text }) => text)).toEqual(['first', 'second'])
})

test('events of a trace join when they follow on each other; a gap stays visible', () => {
  const outbox = begun()
  const grew = (fromIndex: number, count: number): FeedEvent => ({
    type: 'trace:grew',
    id: 'x-1',
    fromIndex,
    events: Array.from({ length: count }, (_, i) => ({ at: fromIndex + i }) as never),
  })
  for (const event of [grew(0, 2), grew(2, 3), grew(9, 1)]) outbox.add(event)
  const parts = only(take(outbox).events, 'trace:grew')
  expect(parts.map(({ fromIndex, events }) => [fromIndex, events.length])).toEqual([
    [0, 5],
    [9, 1],
  ])
})

test('rows without end become a snapshot, and the notices stay', () => {
  const outbox = begun()
  outbox.add({ type: 'notice:raised', severity: 'info', text: 'kept' })
  for (let i = 0; i < 21_000; i++) outbox.add({ type: 'operations:changed', rows: [operation(String(i))] })
  const { events } = take(outbox)
  expect(events[0]?.type).toBe('snapshot:taken')
  expect(only(events, 'notice:raised')).toHaveLength(1)
  expect(events.length).toBeLessThan(5)
})
