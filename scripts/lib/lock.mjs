// One set-up and one build at a time: two commands started together must not undo each other's work.
import { closeSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { fromRoot } from './paths.mjs'
import { say } from './say.mjs'
import { readText } from './stamp.mjs'

const POLL_MS = 300
const UNNAMED_FOR_MS = 5_000

/**
 * Does `work` while no other process does work under this lock; waits for its turn.
 * A lock whose owner has died is taken over.
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [path] the lock's file
 * @returns {Promise<T>}
 */
export async function exclusively(work, path = fromRoot('out', '.setup-lock')) {
  mkdirSync(dirname(path), { recursive: true })
  for (let waited = false; !take(path); waited = true) {
    if (!waited) say(`Waiting for another set-up or build here to end …`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

/** @param {string} path @returns {boolean} whether the lock is ours now */
function take(path) {
  try {
    const file = openSync(path, 'wx')
    writeSync(file, String(process.pid))
    closeSync(file)
    return true
  } catch (error) {
    if (!(error instanceof Error) || Reflect.get(error, 'code') !== 'EEXIST') throw error
    if (!isAbandoned(path)) return false
    rmSync(path, { force: true })
    return take(path)
  }
}

/** Whether its owner died: with its name in it, or before it wrote that. @param {string} path */
function isAbandoned(path) {
  const owner = Number(readText(path))
  if (owner > 0) return !isAlive(owner)
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat !== undefined && Date.now() - stat.mtimeMs > UNNAMED_FOR_MS
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && Reflect.get(error, 'code') === 'EPERM'
  }
}
