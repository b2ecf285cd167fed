// The packages of package-lock.json, installed by npm without running anything they bring.
import { existsSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { run } from './child.mjs'
import { explain, SetupError } from './fail.mjs'
import { fromModules, fromRoot, root } from './paths.mjs'
import { step } from './say.mjs'

/** What npm itself notes of the packages it has installed. */
const hiddenLock = fromModules('.package-lock.json')

const NEEDED_BYTES = 1e9

/** npm calls a package whose files could not be written installed, with a warning. */
const FILES_LOST = /TAR_ENTRY_ERROR|ENOSPC|EDQUOT/

/** @typedef {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} Packages */

/**
 * Whether everything a lock file names is installed in the versions it names. Optional packages of other
 * platforms may be missing; packages it does not name are not looked for.
 * @param {Packages} wanted `packages` of package-lock.json
 * @param {Packages} installed `packages` of node_modules/.package-lock.json
 */
export function areInstalled(wanted, installed) {
  return Object.entries(wanted).every(([path, entry]) => {
    const found = installed[path]
    if (path === '') return true
    return found ? found.version === entry.version : entry.optional === true || entry.devOptional === true
  })
}

/**
 * Installs what package-lock.json names, unless it is installed already.
 * @throws {SetupError} in one sentence, when npm cannot
 */
export async function installPackages() {
  const installed = readPackages(hiddenLock)
  if (installed && areInstalled(readPackages(fromRoot('package-lock.json')) ?? {}, installed)) return
  if (!installed) checkSpace(freeBytes())
  // Not their scripts: an older npm does not know allowScripts and would compile better-sqlite3, which needs none.
  const args = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=warn']
  await step('Installing the packages (once; a minute or two)', async () => {
    const { ok, output } = await runNpm(args)
    if (ok && !FILES_LOST.test(output)) return
    rmSync(hiddenLock, { force: true })
    throw new SetupError(explain(output) ?? `npm could not install the packages: ${lastLines(output)}`)
  })
}

/**
 * @param {number} bytes free on the project's disk
 * @throws {SetupError} when the packages cannot fit
 */
export function checkSpace(bytes) {
  if (bytes >= NEEDED_BYTES) return
  const free = `${Math.floor(bytes / 1e6)} MB are free`
  throw new SetupError(
    `${free} on this disk and the set-up takes 1 GB: make room, then run the same command again.`,
  )
}

function freeBytes() {
  const { bavail, bsize } = statfsSync(root)
  return bavail * bsize
}

/**
 * Runs npm under the system's Node, for the project's own is inside the folder npm replaces.
 * @param {string[]} args
 * @returns {Promise<import('./child.mjs').RunResult>}
 */
export async function runNpm(args) {
  const cli = process.env.npm_execpath
  const result =
    cli && isAbsolute(cli) && /npm-cli\.c?js$/.test(cli)
      ? await run(systemNode(), [cli, ...args], { cwd: root, env: systemEnv() })
      : await run('npm', args, { cwd: root, env: systemEnv() })
  if (!result.ok && /spawn npm ENOENT/.test(result.output))
    throw new SetupError(
      'npm is not on the PATH: install it (it comes with Node), then run the same command again.',
    )
  return result
}

/** The environment without this project's own programs on the PATH, and with a quick end when nothing answers. */
export function systemEnv() {
  const own = fromModules('.bin')
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== own)
  return {
    ...process.env,
    PATH: path.join(delimiter),
    npm_config_prefer_offline: 'true',
    npm_config_fetch_retry_mintimeout: '2000',
    npm_config_fetch_retry_maxtimeout: '10000',
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_loglevel: 'warn',
  }
}

/** The Node outside node_modules: this one, or the first on the PATH. @returns {string} */
export function systemNode() {
  if (!process.execPath.startsWith(fromModules())) return process.execPath
  const folders = (systemEnv().PATH ?? '').split(delimiter)
  const found = folders.map((folder) => join(folder, 'node')).find((path) => existsSync(path))
  if (found) return found
  throw new SetupError(
    'No Node outside this project is on the PATH: install Node 20 or newer, then run the same command again.',
  )
}

/** The end of what a program wrote, on one line. @param {string} output */
export function lastLines(output) {
  return output.trim().split('\n').slice(-4).join(' ').trim() || 'it gave no reason'
}

/** @param {string} path @returns {Packages | undefined} */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}
