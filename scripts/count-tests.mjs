// node scripts/count-tests.mjs FOLDER STAGE…: adds up what the stages of .ci/run left in FOLDER: STAGE.exit, and
// STAGE.json of those that count tests. Ends with the totals and, when anything failed, with exit code 1.
import { join } from 'node:path'
import { readText } from './lib/stamp.mjs'
import { countsLine, stageCounts, sumCounts } from './lib/test-counts.mjs'

const NOT_COUNTING = ['check']

const [folder = '', ...stages] = process.argv.slice(2)
const counts = stages.map((stage) => {
  const ok = readText(join(folder, `${stage}.exit`)) === '0'
  const report = readText(join(folder, `${stage}.json`))
  return stageCounts(report, ok, !NOT_COUNTING.includes(stage))
})
for (const [index, stage] of stages.entries()) {
  const own = counts[index]
  if (own) console.log(`${stage}: ${countsLine(own)}`)
}
const total = sumCounts(counts)
console.log(countsLine(total))
process.exitCode = total.failed > 0 || stages.length === 0 ? 1 : 0
