// The steps that come before anything else, each of them a glance when nothing has changed.
import { rmSync } from 'node:fs'
import { appNode, hasAppNode, installAppNode } from './app-node.mjs'
import { installElectron } from './electron.mjs'
import { exclusively } from './lock.mjs'
import { installPackages } from './packages.mjs'
import { chromiumFile, electronStamp, root, setupStamp } from './paths.mjs'
import { hashFiles, readText, writeText } from './stamp.mjs'
import { checkSetupNode } from './version.mjs'

/**
 * Installs what is missing: the packages, the project's own Node and, if it can be had, Electron's binary.
 * @param {{ again?: boolean }} [options] again: look at everything again, and try for Electron once more
 * @returns {Promise<string>} path of the Node to run Kadscope with
 * @throws {SetupError} in one sentence
 */
export async function prepare({ again = false } = {}) {
  checkSetupNode()
  if (!again && isPrepared()) return appNode()
  await exclusively(async () => {
    if (!again && isPrepared()) return
    for (const stamp of [setupStamp, ...(again ? [electronStamp, chromiumFile] : [])])
      rmSync(stamp, { force: true })
    await installPackages()
    await installAppNode()
    await installElectron()
    writeText(setupStamp, fingerprint())
  })
  return appNode()
}

function isPrepared() {
  return readText(setupStamp) === fingerprint() && hasAppNode()
}

/** What the installed packages depend on. Not this Node's version: its own Node is part of them. */
function fingerprint() {
  return `${hashFiles(root, ['package-lock.json'])} ${process.platform} ${process.arch}`
}
