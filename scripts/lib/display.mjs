// Opening the served explorer in a window of its own, or in the browser a person uses.
import { spawn } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { findChromium } from './browser.mjs'

const OPENED_AFTER_MS = 3_000

/** Whether a window can be opened here. @param {NodeJS.ProcessEnv} [env] */
export function hasDisplay(env = process.env) {
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
}

/**
 * Flags for Chromium to show `url` as a window of its own, with a profile apart from the user's.
 * @param {string} url @param {string} profile folder @param {boolean} isRoot Chromium's sandbox refuses root
 */
export function appWindowArgs(url, profile, isRoot) {
  return [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    ...(isRoot ? ['--no-sandbox', '--test-type'] : []),
  ]
}

/**
 * Opens `url` in a Chromium window or, where there is no Chromium, in the default browser.
 * @param {string} url
 * @returns {{ how: string, closed: Promise<void>, child: import('node:child_process').ChildProcess }} `closed`
 *   settles when a person closes the window; never for the default browser, whose windows are not ours
 */
export function openExplorer(url) {
  const chromium = findChromium()
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const args = appWindowArgs(url, join(cache, 'kadscope', 'window'), process.getuid?.() === 0)
  const child = spawn(chromium ?? 'xdg-open', chromium ? args : [url], { stdio: 'ignore' })
  child.on('error', () => {})
  return {
    how: chromium ? `a window of ${chromium}` : 'the default browser',
    closed: closing(child, chromium),
    child,
  }
}

/**
 * A window that ends at once was no window: it failed, or handed its page to a Chromium that runs already.
 * @param {import('node:child_process').ChildProcess} child @param {string | undefined} chromium
 * @returns {Promise<void>}
 */
function closing(child, chromium) {
  const openedMs = Date.now()
  return new Promise((resolve) => {
    child.on('exit', () => {
      if (chromium && Date.now() - openedMs > OPENED_AFTER_MS) resolve()
    })
  })
}
