// node scripts/run.mjs [--browser] FILE [ARGS]: sets up and builds what is missing, then hands over to the project's
// Node with FILE, a bundle in out/ or a TypeScript file. Writes nothing to stdout itself.
import { ensureChromium } from './lib/browser.mjs'
import { ensureBuilt } from './lib/build.mjs'
import { handOver } from './lib/child.mjs'
import { runMain, SetupError } from './lib/fail.mjs'
import { fromRoot } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'

await runMain(async () => {
  const needsBrowser = process.argv[2] === '--browser'
  const [file, ...args] = process.argv.slice(needsBrowser ? 3 : 2)
  if (!file) throw new SetupError('Say what to run: node scripts/run.mjs FILE [ARGS].', { exitCode: 2 })
  const node = await prepare()
  const env = needsBrowser ? { ...process.env, CHROMIUM_PATH: await ensureChromium() } : process.env
  await ensureBuilt()
  await handOver(node, [...flagsFor(file), fromRoot(file), ...args], env)
})

/** Node reads TypeScript by itself; enums, which the generated codec has, need a flag. @param {string} file */
function flagsFor(file) {
  return file.endsWith('.ts')
    ? ['--experimental-transform-types', '--disable-warning=ExperimentalWarning']
    : []
}
