// npm test [-- ARGS]: sets up and builds what is missing, then runs vitest: the unit and e2e projects, or those ARGS
// name with --project. KADSCOPE_TEST_REPORT=FILE leaves the counts there as JSON too.
import { ensureChromium } from './lib/browser.mjs'
import { ensureBuilt } from './lib/build.mjs'
import { handOver } from './lib/child.mjs'
import { runMain } from './lib/fail.mjs'
import { fromModules } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'
import { vitestArgs } from './lib/vitest-args.mjs'

await runMain(async () => {
  const node = await prepare()
  const chromium = await ensureChromium()
  await ensureBuilt()
  const args = vitestArgs(process.argv.slice(2), process.env.KADSCOPE_TEST_REPORT)
  await handOver(node, [fromModules('vitest', 'vitest.mjs'), ...args], {
    ...process.env,
    CHROMIUM_PATH: chromium,
  })
})
