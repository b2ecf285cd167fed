// Stamps: small files that say what something was made from, so that it is made again only when that changed.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/**
 * Hash over the paths and contents of files; a folder stands for every file below it, a missing path for nothing.
 * The order of `paths` and of directory entries does not matter.
 * @param {string} base folder that paths are relative to
 * @param {string[]} paths
 * @returns {string} hex sha256
 */
export function hashFiles(base, paths) {
  const files = new Set(paths.flatMap((path) => filesBelow(join(base, path))))
  const hash = createHash('sha256')
  for (const file of [...files].sort()) {
    const content = readFileSync(file)
    hash.update(`${relative(base, file)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** Every file at or below a path; none when it is not there. @param {string} path @returns {string[]} */
export function filesBelow(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return []
  if (!stat.isDirectory()) return [path]
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)))
}

/** Text of a small file without the white space around it; undefined when it is not there. @param {string} path */
export function readText(path) {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Writes a small file, and the folders above it. @param {string} path @param {string} text */
export function writeText(path, text) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${text}\n`)
}
