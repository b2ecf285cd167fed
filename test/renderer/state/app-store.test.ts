import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { useApp } from '../../../src/renderer/state/app-store.ts'
import { noFeedData, reduceFeedData } from '../../../src/renderer/state/feed-data.ts'
import { eventsPerSecond, noFeed, reduceFeed } from '../../../src/renderer/state/feed-meter.ts'
import type { FeedEvent } from '../../../src/shared/feed.ts'
import { batch, emptySnapshot, feedEvents, operationRow, peerRow } from './sample-rows.ts'

const start = useApp.getState()
beforeEach(() => useApp.setState(start, true))

const dataNames = Object.keys(noFeedData) as (keyof typeof noFeedData)[]
const dataOf = (state: object) =>
  Object.fromEntries(dataNames.map((name) => [name, Reflect.get(state, name)]))

describe('apply', () => {
  test('gives the same state however the events are put into batches', () => {
    const cut = fc.array(fc.boolean(), { minLength: 30, maxLength: 30 })
    fc.assert(
      fc.property(fc.array(feedEvents, { maxLength: 30 }), cut, (events, cuts) => {
        useApp.setState(start, true)
        for (const [index, each] of batches(events, cuts).entries())
          useApp.getState().apply(batch(index + 1, each))
        expect(dataOf(useApp.getState())).toEqual(dataOf(events.reduce(reduceFeedData, noFeedData)))
      }),
    )
  })

  test('renders once per batch', () => {
    let changes = 0
    const unsubscribe = useApp.subscribe(() => changes++)
    useApp.getState().apply(batch(1, [snapshot, { type: 'operations:changed', rows: [operationRow('a')] }]))
    unsubscribe()
    expect(changes).toBe(1)
  })

  test('asks for a snapshot after a gap, and only then', () => {
    const { apply } = useApp.getState()
    expect(apply(batch(1, [snapshot]))).toBe(false)
    expect(apply(batch(2, []))).toBe(false)
    expect(apply(batch(4, []))).toBe(true)
    expect(apply(batch(5, [snapshot]))).toBe(false)
    expect(apply(batch(1, [snapshot], { feedId: 'another' }))).toBe(false)
  })

  test('leaves slices alone that no event touches', () => {
    useApp.getState().apply(batch(1, [snapshot]))
    const before = useApp.getState()
    before.apply(batch(2, [{ type: 'peers:changed', changed: [peerRow('a')], removed: [] }]))
    expect(useApp.getState().operations).toBe(before.operations)
    expect(useApp.getState().peers).not.toBe(before.peers)
  })

  test('forgets what was known of a network when another becomes active', () => {
    const { apply } = useApp.getState()
    apply(batch(1, [{ type: 'networks:changed', networks: [], activeNetworkId: 'sandbox' }]))
    apply(batch(2, [{ type: 'peers:changed', changed: [peerRow('a')], removed: [] }]))
    apply(batch(3, [{ type: 'networks:changed', networks: [], activeNetworkId: 'sandbox' }]))
    expect(useApp.getState().peers.size).toBe(1)
    apply(batch(4, [{ type: 'networks:changed', networks: [], activeNetworkId: 'lan' }]))
    expect(useApp.getState().peers.size).toBe(0)
  })
})

describe('eventsPerSecond', () => {
  test('counts what the last five seconds saw', () => {
    const feed = [1000, 2000, 7500, 8000].reduce(
      (before, at, index) => reduceFeed(before, batch(index + 1, [], { at, seen: 50 })),
      noFeed,
    )
    expect(eventsPerSecond(feed)).toBe(20)
  })
})

const snapshot: FeedEvent = { type: 'snapshot:taken', snapshot: emptySnapshot }

/** The events in runs: a new batch begins where the cut is true. */
function batches(events: readonly FeedEvent[], cuts: readonly boolean[]): FeedEvent[][] {
  const runs: FeedEvent[][] = [[]]
  events.forEach((event, index) => {
    if (cuts[index] === true) runs.push([])
    runs.at(-1)?.push(event)
  })
  return runs
}
