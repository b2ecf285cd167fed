// Where the scripts find and leave things. Everything they leave sits in folders git ignores.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Path of a file below the root. @param {string[]} parts */
export const fromRoot = (...parts) => join(root, ...parts)

/** Path of a file below node_modules. @param {string[]} parts */
export const fromModules = (...parts) => join(root, 'node_modules', ...parts)

/** Left when set-up is complete; `npm ci` removes it together with what it vouches for. */
export const setupStamp = fromModules('.kadscope-setup')

/** Remembers that Electron's binary could not be had, so that no launch tries again. */
export const electronStamp = fromModules('.kadscope-electron')

/** One line: the path of the Chromium that tests and screenshots drive. */
export const chromiumFile = fromModules('.kadscope-chromium')

/** Left when the build in out/ is complete: what it was built from. */
export const buildStamp = fromRoot('out', '.build-stamp')
