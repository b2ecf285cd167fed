// Electron's binary: tried for once, and never asked for by requiring `electron`, which would try at each launch.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { appNode } from './app-node.mjs'
import { run } from './child.mjs'
import { explain } from './fail.mjs'
import { electronStamp, fromModules, root } from './paths.mjs'
import { say, step } from './say.mjs'
import { readText, writeText } from './stamp.mjs'

const TRY_FOR_MS = 60_000

/**
 * Path of Electron's binary, read from its path.txt alone.
 * @param {string} [folder] the package's folder
 * @returns {string | undefined} undefined when it is not there
 */
export function electronBinary(folder = fromModules('electron')) {
  const name = readText(join(folder, 'path.txt'))
  const path = name && join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name)
  return path && existsSync(path) ? path : undefined
}

/** Downloads Electron's binary, unless it is there or was tried for before. Never fails: Kadscope runs without it. */
export async function installElectron() {
  if (electronBinary() || existsSync(electronStamp)) return
  const result = await step(`Fetching Electron’s binary (once, for at most ${TRY_FOR_MS / 1000} s)`, () =>
    run(appNode(), [fromModules('electron', 'install.js')], { cwd: root, timeoutMs: TRY_FOR_MS }),
  )
  if (electronBinary()) return
  const reason = result.timedOut ? 'it took too long' : firstReason(result.output)
  writeText(electronStamp, reason)
  say(
    `  It could not be had (${reason}): Kadscope will open in the browser. \`npm run setup -- --again\` tries once more.`,
  )
}

/** @param {string} output */
function firstReason(output) {
  if (explain(output)?.startsWith('The disk is full')) return 'the disk is full'
  return (
    output
      .trim()
      .split('\n')[0]
      ?.replace(/^\w*Error: /, '') || 'no reason given'
  )
}
