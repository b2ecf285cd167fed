// The bundles in out/, made again only when something they are made from has changed.
import { existsSync, rmSync } from 'node:fs'
import { appNode } from './app-node.mjs'
import { run } from './child.mjs'
import { explain, SetupError } from './fail.mjs'
import { exclusively } from './lock.mjs'
import { buildStamp, fromModules, fromRoot, root } from './paths.mjs'
import { step } from './say.mjs'
import { hashFiles, readText, writeText } from './stamp.mjs'

const SOURCES = [
  'src',
  'bench',
  'proto',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]

/** [source, bundle]: the bundles that must be there, each when its source is. */
const BUNDLES = [
  ['src/main/electron/main.ts', 'out/main/main.js'],
  ['src/main/cli/kadscope.ts', 'out/main/kadscope.js'],
  ['src/main/db/db-worker.ts', 'out/main/db-worker.js'],
  ['src/main/node/sandbox-worker.ts', 'out/main/sandbox-worker.js'],
  ['src/main/validators/validator-worker.ts', 'out/main/validator-worker.js'],
  ['bench/peer.ts', 'out/main/peer.js'],
  ['src/preload/index.ts', 'out/preload/index.cjs'],
  ['src/renderer/index.html', 'out/renderer/index.html'],
]

/**
 * Builds out/ when it does not match its sources.
 * @param {{ again?: boolean }} [options] again: build in any case
 * @throws {SetupError} when a source does not build
 */
export async function ensureBuilt({ again = false } = {}) {
  if (!again && isBuilt()) return
  await exclusively(async () => {
    if (!again && isBuilt()) return
    // Taken before, so that a source changed meanwhile is built the next time.
    const sources = hashSources()
    rmSync(buildStamp, { force: true })
    await step('Building', runBuild)
    writeText(buildStamp, sources)
  })
}

function isBuilt() {
  return missingBundles().length === 0 && readText(buildStamp) === hashSources()
}

function hashSources() {
  return hashFiles(root, SOURCES)
}

function missingBundles() {
  return BUNDLES.filter(
    ([source, bundle]) => existsSync(fromRoot(String(source))) && !existsSync(fromRoot(String(bundle))),
  )
}

async function runBuild() {
  const cli = fromModules('electron-vite', 'bin', 'electron-vite.js')
  const { ok, output } = await run(appNode(), [cli, 'build'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const missing = missingBundles().map(([, bundle]) => bundle)
  if (ok && missing.length === 0) return
  const known = /ENOSPC|EACCES|EROFS/.test(output) ? explain(output) : undefined
  if (!known) process.stderr.write(`${output}\n`)
  throw new SetupError(
    known ??
      `The build failed; what is wrong stands above${missing.length ? ` (${missing.join(', ')} is missing)` : ''}.`,
  )
}
