// Other programs: run to their end, or handed the terminal for good.
import { spawn } from 'node:child_process'
import { SetupError } from './fail.mjs'

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeoutMs] the program is killed after it; without it, there is no limit
 * @property {boolean} [show] pass its output on to stderr as it comes
 *
 * @typedef {object} RunResult
 * @property {boolean} ok exit code 0
 * @property {string} output stdout and stderr, as they came, the last 200,000 characters
 * @property {string} stdout all of stdout
 * @property {boolean} timedOut
 */

const MAX_OUTPUT_CHARS = 200_000
const STOP_WITHIN_MS = 10_000

/**
 * Runs a program to its end. Never rejects: a program that is not there is a failed run that says so.
 * @param {string} command @param {string[]} args @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, { cwd, env = process.env, timeoutMs, show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const endTogether = killOnExit(child)
    let output = ''
    let stdout = ''
    let timedOut = false
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk).slice(-MAX_OUTPUT_CHARS)
      if (show) process.stderr.write(chunk)
    }
    const timer = timeoutMs && setTimeout(() => (timedOut = child.kill('SIGKILL')), timeoutMs)
    /** @param {boolean} ok */
    const finish = (ok) => {
      clearTimeout(timer)
      endTogether()
      resolve({ ok, output, stdout, timedOut })
    }
    child.stdout.on('data', keep).on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', keep)
    child.on('error', (error) => {
      output += error.message
      finish(false)
    })
    child.on('close', (code) => finish(code === 0))
  })
}

/**
 * Hands terminal, arguments and environment over to a program and ends with its exit code. Where Node can, the
 * program takes this process's place; else this one waits and passes signals on. Does not return.
 * @param {string} command absolute path @param {string[]} args @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<never>}
 */
export async function handOver(command, args, env = process.env) {
  const execve = Reflect.get(process, 'execve')
  if (typeof execve === 'function') execve.call(process, command, [command, ...args], definedOnly(env))
  const child = spawn(command, args, { env, stdio: 'inherit' })
  process.exit(await endOf(child))
}

/**
 * Waits for a program that was started with this terminal; signals to this process reach it once each.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} its exit code; 128 + n when signal n ended it
 */
export function endOf(child) {
  return new Promise((resolve, reject) => {
    const release = passSignals(child)
    child.on('error', (error) =>
      reject(new SetupError(`${child.spawnfile} cannot be run: ${error.message}.`)),
    )
    child.on('exit', (code, signal) => {
      release()
      resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGTERM' ? 15 : 9))
    })
  })
}

/**
 * Asks a program to end and waits until it has; after 10 s it is killed.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<void>}
 */
export function stop(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve()
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    child.on('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGTERM')
  })
}

/** @param {import('node:child_process').ChildProcess} child @returns {() => void} stops passing them */
function passSignals(child) {
  const onTerm = () => child.kill('SIGTERM')
  // A Ctrl-C in a terminal reaches every program there by itself; a second one from here would force its hand.
  const onInt = () => {
    if (!process.stdin.isTTY) child.kill('SIGINT')
  }
  process.on('SIGTERM', onTerm).on('SIGHUP', onTerm).on('SIGINT', onInt)
  return () => {
    process.off('SIGTERM', onTerm).off('SIGHUP', onTerm).off('SIGINT', onInt)
  }
}

/** @param {import('node:child_process').ChildProcess} child @returns {() => void} */
function killOnExit(child) {
  const kill = () => child.kill('SIGTERM')
  const onInt = () => {
    kill()
    process.exit(130)
  }
  const onTerm = () => {
    kill()
    process.exit(143)
  }
  process.on('SIGINT', onInt).on('SIGTERM', onTerm)
  return () => {
    process.off('SIGINT', onInt).off('SIGTERM', onTerm)
  }
}

/** @param {NodeJS.ProcessEnv} env @returns {Record<string, string>} */
function definedOnly(env) {
  /** @type {Record<string, string>} */
  const defined = {}
  for (const [name, value] of Object.entries(env)) if (value !== undefined) defined[name] = value
  return defined
}
