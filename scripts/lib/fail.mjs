// One sentence and a next step for everything that can go wrong before Kadscope itself runs.

/** A failure that is already explained: `message` is for the user, `exitCode` for the shell. */
export class SetupError extends Error {
  code = 'SETUP_FAILED'

  /** @param {string} message @param {{ cause?: unknown, exitCode?: number }} [options] */
  constructor(message, options = {}) {
    super(message, { cause: options.cause })
    this.name = 'SetupError'
    this.exitCode = options.exitCode ?? 1
  }
}

const NO_SPACE = 'The disk is full: make room (the set-up takes 1 GB), then run the same command again.'
const NO_PERMISSION =
  'This folder, or npm’s cache, cannot be written: give yourself the right to write there, then run the same command again.'
const NO_REGISTRY =
  'The npm registry cannot be reached: check the network and `npm config get registry`, then run the same command again.'

/** @type {[RegExp, string][]} First match wins; a full disk often shows further errors behind it. */
const CAUSES = [
  [/ENOSPC|no space left on device|EDQUOT|disk quota/i, NO_SPACE],
  [/EACCES|EPERM|EROFS|permission denied|read-only file system/i, NO_PERMISSION],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|EIDLETIMEOUT/,
    NO_REGISTRY,
  ],
  [
    /ERR_SOCKET_TIMEOUT|FETCH_ERROR|UNABLE_TO_VERIFY|SELF_SIGNED_CERT|CERT_HAS_EXPIRED|\bE50[0-9]\b/,
    NO_REGISTRY,
  ],
  [
    /\bE40[13]\b/,
    'The npm registry refused access: log in with `npm login` or choose another registry, then run the same command again.',
  ],
  [
    /\bE404\b|ETARGET/,
    'The npm registry does not have a package of package-lock.json: check `npm config get registry`, then run the same command again.',
  ],
  [
    /EINTEGRITY/,
    'A downloaded package is not the one package-lock.json names: run `npm cache clean --force`, then the same command again.',
  ],
  [
    /EUSAGE|npm install.*lock file|are in sync/,
    'The files package.json and package-lock.json do not agree: run `npm install`, then the same command again.',
  ],
]

/**
 * The sentence for what a program wrote when it failed, or for a system error's code.
 * @param {string} text
 * @returns {string | undefined} undefined when nothing known is in it
 */
export function explain(text) {
  return CAUSES.find(([pattern]) => pattern.test(text))?.[1]
}

/**
 * Runs a script's main function; a failure becomes one sentence on stderr and an exit code that is not 0.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main()
  } catch (error) {
    process.stderr.write(`\nkadscope: ${sentenceFor(error)}\n`)
    process.exit(error instanceof SetupError ? error.exitCode : 1)
  }
}

/** @param {unknown} error */
function sentenceFor(error) {
  if (error instanceof SetupError) return error.message
  const text = error instanceof Error ? `${Reflect.get(error, 'code') ?? ''} ${error.message}` : String(error)
  return explain(text) ?? `${error instanceof Error ? (error.stack ?? error.message) : text}`
}
