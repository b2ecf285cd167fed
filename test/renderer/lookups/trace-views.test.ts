import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { criticalPath } from '../../../src/renderer/screens/lookups/critical-path.ts'
import { decimate, distanceChart } from '../../../src/renderer/screens/lookups/distance-chart.ts'
import { lookupPeers, storeResults } from '../../../src/renderer/screens/lookups/lookup-peers.ts'
import { foundProviders, seenValues } from '../../../src/renderer/screens/lookups/seen-values.ts'
import { readTrace } from '../../../src/renderer/screens/lookups/trace-model.ts'
import { traceVerdicts } from '../../../src/renderer/screens/lookups/verdicts.ts'
import {
  essentialRows,
  peakInFlight,
  waterfallRows,
} from '../../../src/renderer/screens/lookups/waterfall.ts'
import type { TraceEvent } from '../../../src/shared/trace-event.ts'
import { type SampleTraces, sampleTraces } from './sample-trace.ts'

let calm: SampleTraces
let troubled: SampleTraces

beforeAll(async () => {
  calm = await sampleTraces()
  troubled = await sampleTraces({ seed: 'troubled', deadShare: 0.4, links: { dialFactor: 1 } })
})

function traces(): TraceEvent[][] {
  return [calm.put, calm.get, troubled.put, troubled.get]
}

/** Everything a view draws of a trace. */
function views(events: readonly TraceEvent[]) {
  const model = readTrace(events)
  return {
    rows: waterfallRows(model),
    chart: distanceChart(model),
    peers: lookupPeers(model),
    stores: storeResults(model),
    values: seenValues(model),
    providers: foundProviders(model),
    verdicts: traceVerdicts(model),
  }
}

describe('any part of a trace', () => {
  test('order and duplicates of its events change nothing', () => {
    for (const trace of traces()) {
      const expected = views(trace)
      fc.assert(
        fc.property(
          fc.shuffledSubarray(trace, { minLength: trace.length }),
          fc.subarray(trace),
          (all, twice) => {
            expect(views([...all, ...twice])).toEqual(expected)
          },
        ),
        { numRuns: 20 },
      )
    }
  })

  test('segments follow each other from the naming of the peer to the end of its request', () => {
    for (const trace of traces()) {
      fc.assert(
        fc.property(fc.subarray(trace), fc.nat(2000), (part, nowMs) => {
          for (const { segments, endMs, startMs } of waterfallRows(readTrace(part), nowMs)) {
            expect(endMs).toBeGreaterThanOrEqual(startMs)
            let atMs = 0
            for (const { fromMs, toMs } of segments) {
              expect(fromMs).toBeGreaterThanOrEqual(atMs)
              expect(toMs).toBeGreaterThan(fromMs)
              atMs = toMs
            }
            expect(atMs).toBeLessThanOrEqual(endMs)
          }
        }),
        { numRuns: 50 },
      )
    }
  })

  test('every proof of a verdict is a request of the trace', () => {
    for (const trace of traces()) {
      fc.assert(
        fc.property(fc.subarray(trace), (part) => {
          const model = readTrace(part)
          const known = new Set(model.requests.map(({ rpcId }) => rpcId))
          for (const { rpcIds, costMs } of traceVerdicts(model)) {
            expect(costMs).toBeGreaterThanOrEqual(0)
            for (const rpcId of rpcIds) expect(known).toContain(rpcId)
          }
        }),
        { numRuns: 50 },
      )
    }
  })

  test('a request stays what it was when later events come: same number, same start', () => {
    const trace = troubled.get
    fc.assert(
      fc.property(fc.nat(trace.length), (length) => {
        const all = new Map(waterfallRows(readTrace(trace)).map((row) => [row.rpcId, row]))
        for (const { rpcId, number, startMs } of waterfallRows(readTrace(trace.slice(0, length)))) {
          expect(all.get(rpcId)).toMatchObject({ number, startMs })
        }
      }),
    )
  })
})

describe('waterfall', () => {
  test('has a row for each request sent, and none is left pending at the end', () => {
    for (const trace of traces()) {
      const rows = waterfallRows(readTrace(trace))
      expect(rows).toHaveLength(trace.filter(({ type }) => type === 'rpc:sent').length)
      expect(rows.filter(({ outcome }) => outcome === 'pending')).toEqual([])
    }
  })

  test('a lookup never has more than twice alpha requests under way', () => {
    expect(peakInFlight(waterfallRows(readTrace(troubled.get)))).toBeLessThanOrEqual(12)
  })

  test('the essential rows hold the critical path and all that went wrong', () => {
    const rows = waterfallRows(readTrace(troubled.get))
    const essential = essentialRows(rows, new Set())
    for (const row of rows) {
      const must = row.isCritical || !['ok', 'cancelled'].includes(row.outcome)
      if (must) expect(essential).toContain(row)
    }
    expect(essential.length).toBeGreaterThanOrEqual(Math.min(16, rows.length))
  })
})

test('the critical path leads from a seed, by who named whom, to an answer', () => {
  for (const trace of traces()) {
    const model = readTrace(trace)
    const path = criticalPath(model)
    expect(model.seeds.map(({ peer }) => peer)).toContain(path[0]?.peer)
    for (const [index, request] of path.entries()) {
      expect(request.sent?.cause).toBe(path[index - 1]?.peer)
      expect(request.replied).toBeDefined()
    }
  }
})

describe('distance × time', () => {
  test('ends at the k-th nearest of the result', () => {
    for (const trace of traces()) {
      const model = readTrace(trace)
      const { steps } = distanceChart(model)
      const kth = lookupPeers(model).find(({ rank }) => rank === model.ended?.closest.length)
      expect(steps.at(-1)?.log2).toBe(kth?.log2Distance)
    }
  })

  test('falls once k peers have answered', () => {
    const { steps, k } = distanceChart(readTrace(calm.get))
    const full = steps.filter(({ answered }) => answered > k).map(({ log2 }) => log2)
    expect(full).toEqual([...full].sort((a, b) => b - a))
  })

  test('decimation keeps order, ends and what must stay, within its limit', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 2, max: 500 }), fc.nat(20), (size, limit, marked) => {
        const items = Array.from({ length: size }, (_, i) => i)
        const mustStay = (i: number) => i % 97 === 0 && i / 97 < Math.min(marked, limit)
        const kept = decimate(items, limit, mustStay)
        expect(kept.length).toBe(Math.min(size, limit))
        expect(kept).toEqual([...kept].sort((a, b) => a - b))
        for (const item of items.filter(mustStay)) expect(kept).toContain(item)
      }),
    )
  })
})

test('the lookup searches first; every phase after it is marked at its time', () => {
  for (const trace of traces()) {
    const told = trace.filter((event) => event.type === 'lookup:phase').map(({ phase }) => phase)
    const { phases, lastMs } = readTrace(trace)
    expect(phases.map(({ phase }) => phase)).toEqual(told)
    expect(phases.length).toBeGreaterThan(0)
    for (const { atMs } of phases) expect(atMs).toBeLessThanOrEqual(lastMs)
  }
})

describe('results', () => {
  test('a put has one result for each peer it was sent to, nearest first', () => {
    const model = readTrace(calm.put)
    const results = storeResults(model)
    expect(results.map(({ peer }) => peer)).toEqual(model.ended?.closest)
    expect(results.filter(({ outcome }) => outcome === 'ok')).toHaveLength(model.ended?.counts.stored ?? -1)
  })

  test('a get names every peer that holds the value it selected', () => {
    const model = readTrace(calm.get)
    const [best] = seenValues(model)
    expect(best).toMatchObject({ isSelected: true, value: Buffer.of(2).toString('base64') })
    const peers = best?.holders.filter(({ rpcId }) => rpcId !== undefined)
    expect(peers).toHaveLength(model.selected?.holders ?? -1)
  })

  test('a value that was refused comes last, with the reason and its holders in the verdict', () => {
    const seen = calm.get.findLast((event) => event.type === 'value:seen')
    if (seen?.type !== 'value:seen') throw new Error('No value in the trace.')
    const refused = { ...seen, peer: 'other', value: '/w==', rejected: '255 is not allowed.' }
    const model = readTrace([...calm.get, refused])
    expect(seenValues(model).at(-1)).toMatchObject({ rejected: '255 is not allowed.' })
    expect(traceVerdicts(model)).toContainEqual(
      expect.objectContaining({ severity: 'bad', text: '255 is not allowed.', rpcIds: [seen.rpcId] }),
    )
  })
})

test('silent peers are a verdict of a troubled lookup, with the slots they held', () => {
  const verdict = traceVerdicts(readTrace(troubled.put)).find(({ title }) => title.includes('silent'))
  expect(verdict?.title).toMatch(/^\d+ silent peers? held up to \d+ of 6 slots$/)
  expect(verdict?.costMs).toBeGreaterThan(0)
})

test('without a peer in the table the verdict says so', () => {
  const started = calm.get.filter(({ type }) => type === 'operation:started')
  const [ended] = calm.get.filter(({ type }) => type === 'operation:ended')
  if (ended?.type !== 'operation:ended') throw new Error('No end in the trace.')
  const counts = { heard: 0, asked: 0, replied: 0, failed: 0, slow: 0, stored: 0, hops: 0 }
  const model = readTrace([...started, { ...ended, reason: 'starved', closest: [], counts }])
  expect(traceVerdicts(model)[0]).toMatchObject({ severity: 'bad', title: 'Nobody to ask.' })
})
