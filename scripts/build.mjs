// npm run build [-- --again]: the bundles in out/.
import { ensureBuilt } from './lib/build.mjs'
import { runMain } from './lib/fail.mjs'
import { prepare } from './lib/prepare.mjs'

await runMain(async () => {
  await prepare()
  await ensureBuilt({ again: process.argv.includes('--again') })
})
