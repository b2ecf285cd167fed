// A Chromium: for tests and screenshots one is installed when there is none, for `npm start` one is only looked for.
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { appNode } from './app-node.mjs'
import { run } from './child.mjs'
import { explain, SetupError } from './fail.mjs'
import { lastLines } from './packages.mjs'
import { chromiumFile, root } from './paths.mjs'
import { say, step } from './say.mjs'
import { readText, writeText } from './stamp.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const CHECK_WITHIN_MS = 30_000

/**
 * Where a Chromium may be, in the order they are tried: CHROMIUM_PATH, /usr/bin, the folders of the PATH.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]} absolute paths, each once; nobody has looked whether they exist
 */
export function chromiumPlaces(env) {
  const folders = ['/usr/bin', ...(env.PATH ?? '').split(delimiter)].filter((folder) =>
    folder.startsWith('/'),
  )
  const named = env.CHROMIUM_PATH ? [env.CHROMIUM_PATH] : []
  return [...new Set([...named, ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))])]
}

/** The Chromium found last time or, without starting it, the first there is. @returns {string | undefined} */
export function findChromium() {
  const remembered = readText(chromiumFile)
  const places = [process.env.CHROMIUM_PATH, remembered, ...chromiumPlaces(process.env)]
  return places.find((path) => path !== undefined && isExecutable(path))
}

/**
 * Makes sure there is a Chromium that runs, and leaves its path for the tests. Tries what is present, then apt
 * (as root), then Playwright's own download.
 * @returns {Promise<string>} its path
 * @throws {SetupError} when none can be had
 */
export async function ensureChromium() {
  const remembered = readText(chromiumFile)
  const chosen = process.env.CHROMIUM_PATH
  if (remembered && isExecutable(remembered) && (!chosen || chosen === remembered)) return remembered
  const found = (await firstPresent()) ?? (await fromApt()) ?? (await fromPlaywright())
  writeText(chromiumFile, found)
  return found
}

async function firstPresent() {
  for (const path of chromiumPlaces(process.env)) {
    if (!isExecutable(path) || !(await runs(path))) continue
    say(`Browser: ${path}, which is present.`)
    return path
  }
  return undefined
}

async function fromApt() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await step('No Chromium is present: installing it with apt (once)', async () => {
    await run('apt-get', ['update', '-q'], { env })
    const { ok, output } = await run(
      'apt-get',
      ['install', '-y', '-q', '--no-install-recommends', 'chromium'],
      { env },
    )
    if (!ok) say(`  apt could not: ${lastLines(output)}`)
  })
  return firstPresent()
}

async function fromPlaywright() {
  const cli = join('node_modules', 'playwright', 'cli.js')
  const result = await step(
    'No Chromium is present, nor to be had by apt: downloading Playwright’s own (once)',
    () => run(appNode(), [cli, 'install', 'chromium'], { cwd: root }),
  )
  const path = await playwrightPath()
  if (path && (await runs(path))) {
    say(`Browser: ${path}, downloaded by Playwright.`)
    return path
  }
  const full = /ENOSPC|no space/i.test(result.output) ? explain(result.output) : undefined
  throw new SetupError(
    full ??
      'No Chromium is present, and neither apt (as root) nor Playwright could bring one: install Chromium or Chrome, or set CHROMIUM_PATH to one, then run the same command again.',
  )
}

async function playwrightPath() {
  const ask = "process.stdout.write(require('playwright').chromium.executablePath())"
  const { ok, output } = await run(appNode(), ['--input-type=commonjs', '-e', ask], { cwd: root })
  return ok && existsSync(output.trim()) ? output.trim() : undefined
}

/** @param {string} path */
async function runs(path) {
  return (await run(path, ['--version', '--no-sandbox'], { timeoutMs: CHECK_WITHIN_MS })).ok
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
