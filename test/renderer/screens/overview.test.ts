import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judge } from '../../../src/renderer/screens/overview/judgement.ts'
import { mirroredTicks, rateSeries, rateSum } from '../../../src/renderer/screens/overview/rate-series.ts'
import type { HealthRow, RatePoint, Verdict } from '../../../src/shared/rows.ts'

const point = (at: number, rate: number): RatePoint => ({
  at,
  in: { FIND_NODE: rate },
  out: { PING: rate },
  eventLoopP99Ms: 1,
})

describe('rateSeries', () => {
  test('keeps to its bound and to the mean, and ends now', () => {
    const rates = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 400 })
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 100 }), (values, maxPoints) => {
        const points = values.map((rate, index) => point(index * 2000, rate))
        const series = rateSeries(points, 0, maxPoints)
        expect(series.length).toBeLessThanOrEqual(maxPoints)
        expect(series.at(-1)?.at).toBe(points.at(-1)?.at)
        const highest = Math.max(...series.map((each) => each['in:FIND_NODE'] ?? 0))
        expect(highest).toBeLessThanOrEqual(Math.max(...values))
      }),
    )
  })

  test('mirrors what goes out below the axis', () => {
    expect(rateSeries([point(1, 5)], 0, 10)[0]).toMatchObject({
      'in:FIND_NODE': 5,
      'out:PING': -5,
      'in:PING': 0,
    })
  })

  test('leaves out what is too old', () => {
    expect(rateSeries([point(1, 5), point(9, 5)], 5, 10)).toHaveLength(1)
    expect(rateSum(undefined)).toBe(0)
  })
})

describe('mirroredTicks', () => {
  test('hold every sum, in equal steps through zero', () => {
    const rate = fc.double({ min: 0, max: 5000, noNaN: true })
    fc.assert(
      fc.property(rate, rate, (above, below) => {
        const ticks = mirroredTicks([{ at: 0, 'in:PING': above, 'out:PING': -below }])
        expect(ticks[0] ?? 0).toBeLessThanOrEqual(-below)
        expect(ticks.at(-1) ?? 0).toBeGreaterThanOrEqual(above)
        expect(ticks.some((tick) => tick === 0)).toBe(true)
        expect(ticks.length).toBeLessThanOrEqual(8)
      }),
    )
  })
})

describe('judge', () => {
  const health = (verdicts: Verdict[]): HealthRow => ({
    score: 86.4,
    fill: 35,
    freshness: 29,
    coverage: 22,
    expectedPeers: 20,
    verdicts,
  })

  test('the worst decides, and is what to look at first', () => {
    const warn: Verdict = { severity: 'warn', text: 'Bucket 8 is short.' }
    const bad: Verdict = { severity: 'bad', text: 'Nobody answers.' }
    const good: Verdict = { severity: 'good', text: 'All buckets are full.' }
    expect(judge(health([good, warn, bad]))).toMatchObject({
      severity: 'bad',
      concern: bad,
      others: 1,
      text: good.text,
    })
    expect(judge(health([good]))).toMatchObject({ severity: 'good', concern: undefined, summary: 'Healthy.' })
  })

  test('says so when nothing is known yet', () => {
    expect(judge(undefined).summary).toBe('Starting.')
    expect(judge(health([])).text).toContain('86 of 100')
  })
})
