import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  loadTrace,
  noTraces,
  reduceTraces,
  type TracesSlice,
  watchTrace,
} from '../../../src/renderer/state/traces.ts'
import type { FeedEvent } from '../../../src/shared/feed.ts'
import type { TraceEvent } from '../../../src/shared/trace-event.ts'
import { emptySnapshot } from './sample-rows.ts'

const all: TraceEvent[] = Array.from({ length: 20 }, (_, index) => ({
  type: 'lookup:phase',
  at: index,
  monotonicMs: index,
  operationId: 1,
  phase: 'search',
}))
const growth = (from: number, to: number): FeedEvent => ({
  type: 'trace:grew',
  id: 't',
  fromIndex: from,
  events: all.slice(from, to),
})
const watched = watchTrace(noTraces, 't')
const eventsOf = (traces: TracesSlice) => traces.get('t')?.events

describe('a watched trace', () => {
  test('is whole whatever had grown before, during and after it was fetched', () => {
    const place = fc.integer({ min: 0, max: 20 })
    fc.assert(
      fc.property(place, fc.uniqueArray(place, { maxLength: 6 }), place, (fetched, cuts, loadAfter) => {
        const edges = [0, ...cuts, 20].sort((a, b) => a - b)
        let traces = watched
        let isLoaded = false
        for (let index = 0; index + 1 < edges.length; index++) {
          traces = reduceTraces(traces, growth(edges[index] ?? 0, edges[index + 1] ?? 0))
          // The fetch sees at least what had happened when the last growth was sent.
          const seen = Math.max(fetched, edges[index + 1] ?? 0)
          if (!isLoaded && index >= Math.min(loadAfter, edges.length - 2)) {
            traces = loadTrace(traces, 't', all.slice(0, seen))
            isLoaded = true
          }
        }
        expect(eventsOf(traces)).toEqual(all)
      }),
    )
  })

  test('knows that events are missing, and joins what waits once it is fetched again', () => {
    let traces = loadTrace(watched, 't', all.slice(0, 3))
    traces = reduceTraces(traces, growth(5, 8))
    expect(traces.get('t')?.hasGap).toBe(true)
    traces = reduceTraces(traces, growth(8, 10))
    traces = loadTrace(traces, 't', all.slice(0, 6))
    expect(traces.get('t')).toMatchObject({ hasGap: false, events: all.slice(0, 10) })
  })

  test('is fetched again after a snapshot', () => {
    const traces = reduceTraces(loadTrace(watched, 't', all), {
      type: 'snapshot:taken',
      snapshot: emptySnapshot,
    })
    expect(traces.get('t')).toMatchObject({ hasGap: true, events: all })
  })

  test('and no other is kept', () => {
    expect(reduceTraces(noTraces, growth(0, 3))).toBe(noTraces)
    expect(loadTrace(noTraces, 't', all)).toBe(noTraces)
  })
})
