import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LatencyTracker } from '../../../src/dht/lookup/latency-tracker.ts'
import { DEFAULT_SETTINGS } from '../../../src/dht/operations/settings.ts'

const duration = fc.double({ min: 1, max: 20_000, noNaN: true })
const durations = fc.array(duration, { maxLength: 400, size: 'max' })
const enoughDurations = fc.array(duration, { minLength: 16, maxLength: 400, size: 'max' })

function trackerOf(answers: number[], dialMs = 0): LatencyTracker {
  const tracker = new LatencyTracker(DEFAULT_SETTINGS)
  for (const durationMs of answers) tracker.record(durationMs, dialMs)
  return tracker
}

/** The rule itself, worked out plainly. */
function expected(answers: number[]): number {
  const latest = answers.slice(-200).sort((a, b) => a - b)
  const p90 = latest[Math.ceil(latest.length * 0.9) - 1] ?? 0
  return Math.min(3000, Math.max(100, 1.3 * p90))
}

describe('LatencyTracker', () => {
  test('is 1 s before 16 answers, then 1.3 × p90 of the latest 200, between 100 ms and 3 s', () => {
    fc.assert(
      fc.property(durations, (answers) => {
        expect(trackerOf(answers).softDeadlineMs()).toBe(answers.length < 16 ? 1000 : expected(answers))
      }),
    )
  })

  test('answers over open connections do not shorten the time a dial may take', () => {
    fc.assert(
      fc.property(enoughDurations, durations, (dialled, open) => {
        const tracker = trackerOf(dialled, 50)
        for (const durationMs of open) tracker.record(durationMs, 0)
        expect(tracker.softDeadlineMs()).toBe(expected(dialled))
      }),
    )
  })
})
