// The Node that Kadscope runs under: the one its dev dependency `node` brings.
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { run } from './child.mjs'
import { explain, SetupError } from './fail.mjs'
import { lastLines, systemEnv, systemNode } from './packages.mjs'
import { fromModules, root } from './paths.mjs'
import { say, step } from './say.mjs'
import { isAtLeast, OLDEST_FOR_APP } from './version.mjs'

const ownNode = fromModules('.bin', 'node')
const CHECK_WITHIN_MS = 20_000

/** Path of the Node to run Kadscope with: the project's own, or else the system's. Set-up has checked it. */
export function appNode() {
  return existsSync(ownNode) ? ownNode : systemNode()
}

/** Whether there is a Node to run Kadscope with, by a glance. */
export function hasAppNode() {
  return existsSync(ownNode) || isAtLeast(process.versions.node, OLDEST_FOR_APP)
}

/**
 * Brings the project's own Node, and checks that the database opens under it.
 * @throws {SetupError} when there is no Node new enough, or the database does not open
 */
export async function installAppNode() {
  if (!(await isNewEnough(ownNode))) await fetchOwnNode()
  const { ok, output } = await run(
    appNode(),
    ['--input-type=commonjs', '-e', "new (require('better-sqlite3'))(':memory:').close()"],
    { cwd: root, timeoutMs: CHECK_WITHIN_MS },
  )
  if (!ok)
    throw new SetupError(
      `SQLite does not open under ${appNode()}: remove the folder node_modules, then run the same command again (${lastLines(output)}).`,
    )
}

async function fetchOwnNode() {
  const fetched = await step('Fetching Node 24 for the project (once)', runInstaller)
  linkOwnNode()
  if (await isNewEnough(ownNode)) return
  if (await isNewEnough(systemNode())) {
    say(`  The project’s own Node could not be had; using ${systemNode()} instead.`)
    return
  }
  throw new SetupError(
    explain(fetched.output) ??
      `The Node that Kadscope runs under (${OLDEST_FOR_APP} or newer) could not be fetched: install Node 22.12 or newer yourself, then run the same command again.`,
  )
}

/** The package's own install step; it installs its binary's package into its own folder, and links it. */
function runInstaller() {
  return run(systemNode(), ['installArchSpecificPackage.js'], { cwd: fromModules('node'), env: systemEnv() })
}

/** npm makes this link only when what it points to is there already. */
function linkOwnNode() {
  if (existsSync(ownNode) || !existsSync(fromModules('node', 'bin', 'node'))) return
  mkdirSync(fromModules('.bin'), { recursive: true })
  symlinkSync('../node/bin/node', ownNode)
}

/** @param {string} node */
async function isNewEnough(node) {
  const { ok, output } = await run(node, ['--version'], { timeoutMs: CHECK_WITHIN_MS })
  return ok && isAtLeast(output, OLDEST_FOR_APP)
}
