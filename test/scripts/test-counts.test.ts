import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countsLine, stageCounts, sumCounts, vitestCounts } from '../../scripts/lib/test-counts.mjs'

const report = (passed: number, failed: number, pending: number, todo: number, unloaded = 0) =>
  JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: todo,
    testResults: [
      { status: 'passed', assertionResults: [{}] },
      ...Array.from({ length: unloaded }, () => ({ status: 'failed', assertionResults: [] })),
    ],
  })

test('vitest’s counts are read from its report; a file that did not load counts as a failure', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.nat(),
      fc.nat(),
      fc.nat(),
      fc.nat(5),
      (passed, failed, pending, todo, unloaded) => {
        expect(vitestCounts(report(passed, failed, pending, todo, unloaded))).toEqual({
          passed,
          failed: failed + unloaded,
          skipped: pending + todo,
        })
      },
    ),
  )
})

test('a stage that did not end well never counts as passed', () => {
  const reports = fc.option(fc.oneof(fc.string(), fc.constant(report(5, 0, 1, 0))), { nil: undefined })
  fc.assert(
    fc.property(reports, fc.boolean(), (text, counts) => {
      expect(stageCounts(text, false, counts).failed).toBeGreaterThan(0)
    }),
  )
})

test('a runner that left no whole report has failed, even when it said all was well', () => {
  for (const text of [undefined, '', '{}', '{"testResults":[]}']) {
    expect(stageCounts(text, true, true)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  }
})

test('a check counts as one test', () => {
  expect(stageCounts(undefined, true, false)).toEqual({ passed: 1, failed: 0, skipped: 0 })
})

test('the totals are the sums, on a line of their own form', () => {
  const all = [
    { passed: 3, failed: 0, skipped: 1 },
    { passed: 1, failed: 2, skipped: 0 },
  ]
  expect(countsLine(sumCounts(all))).toBe('4 passed, 2 failed, 1 skipped')
})
