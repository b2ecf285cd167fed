// Node versions, compared before anything else is loaded.
import { SetupError } from './fail.mjs'

/** The oldest Node the set-up scripts themselves run under. */
export const OLDEST_FOR_SETUP = '20.0.0'

/** The oldest Node that Kadscope runs under: below it libp2p fails and better-sqlite3 crashes. */
export const OLDEST_FOR_APP = '22.12.0'

/**
 * @param {string} text 'v22.12.0' or '22.12.0', with anything behind it
 * @returns {[number, number, number] | undefined} undefined when it is no version
 */
export function parseVersion(text) {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text.trim())
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined
}

/** Whether `version` is `oldest` or newer; false when it is no version. @param {string} version @param {string} oldest */
export function isAtLeast(version, oldest) {
  const [have, need] = [parseVersion(version), parseVersion(oldest)]
  if (!have || !need) return false
  const differs = have.findIndex((part, index) => part !== need[index])
  return differs === -1 || Number(have[differs]) > Number(need[differs])
}

/** Throws SetupError when this Node is too old for the set-up. @param {string} [version] */
export function checkSetupNode(version = process.versions.node) {
  if (isAtLeast(version, OLDEST_FOR_SETUP)) return
  throw new SetupError(
    `Kadscope needs Node 20 or newer to set itself up, and this is Node ${version}: install a newer one from nodejs.org, then run the same command again.`,
  )
}
