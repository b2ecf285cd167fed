// Adding up what test runners counted.

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 *
 * @typedef {object} VitestReport what vitest's JSON reporter writes; what is used of it
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ status: string, assertionResults: unknown[] }[]} testResults one for each file
 */

/**
 * The counts of one stage.
 * @param {string | undefined} report the runner's JSON; undefined when it left none
 * @param {boolean} ok whether it ended with exit code 0
 * @param {boolean} counts whether it is a runner that counts; one that does not is one test itself
 * @returns {Counts} never without a failure when the stage was not ok
 */
export function stageCounts(report, ok, counts) {
  if (!counts) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }
  const counted = report === undefined ? undefined : vitestCounts(report)
  if (!counted) return { passed: 0, failed: 1, skipped: 0 }
  return { ...counted, failed: ok ? counted.failed : Math.max(1, counted.failed) }
}

/**
 * @param {string} text
 * @returns {Counts | undefined} undefined when it is no complete report
 */
export function vitestCounts(text) {
  const report = parse(text)
  if (!report) return undefined
  const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests, testResults } = report
  // A file that could not be loaded has no test to count, and is a failure all the same.
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const [failed, skipped] = [numFailedTests + unloaded.length, numPendingTests + numTodoTests]
  return [passed, failed, skipped].every(Number.isInteger) ? { passed, failed, skipped } : undefined
}

/** @param {Counts[]} all @returns {Counts} */
export function sumCounts(all) {
  return all.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )
}

/** The line that ends a run. @param {Counts} counts */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** @param {string} text @returns {VitestReport | undefined} */
function parse(text) {
  try {
    const value = JSON.parse(text)
    return Array.isArray(value?.testResults) ? value : undefined
  } catch {
    return undefined
  }
}
