import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'

/** Another process has the profile open. */
export class ProfileInUseError extends Error {
  readonly code = 'PROFILE_IN_USE'
  /** Of the process that has it, where that could be read. */
  readonly pid: number | undefined

  constructor(dir: string, pid: number | undefined, options?: ErrorOptions) {
    const who = pid === undefined ? 'another process' : `the process ${pid}`
    super(
      `The profile ${dir} is in use by ${who}: stop that first, or choose another folder with --home.`,
      options,
    )
    this.name = 'ProfileInUseError'
    this.pid = pid
  }
}

/**
 * Keeps a profile to one process. The lock is the operating system's, on a
 * file, by way of SQLite: it is taken at once or not at all, and it ends with
 * the process, however that dies. A file that merely names a process could be
 * left behind, and its number be another's by then. Who holds it is written
 * beside, for the message only.
 */
export class ProfileLock {
  readonly #file: Database.Database
  readonly #ownerPath: string

  private constructor(file: Database.Database, ownerPath: string) {
    this.#file = file
    this.#ownerPath = ownerPath
  }

  /** Throws `ProfileInUseError`, and what the file system throws. */
  static take(dir: string): ProfileLock {
    const ownerPath = join(dir, 'profile.pid')
    const file = new Database(join(dir, 'profile.lock'), { timeout: 0 })
    try {
      file.exec('BEGIN EXCLUSIVE')
    } catch (cause) {
      file.close()
      if (cause instanceof Database.SqliteError && cause.code === 'SQLITE_BUSY') {
        throw new ProfileInUseError(dir, readPid(ownerPath), { cause })
      }
      throw cause
    }
    writeFileSync(ownerPath, String(process.pid))
    return new ProfileLock(file, ownerPath)
  }

  /** Calling it twice is harmless. */
  release(): void {
    if (!this.#file.open) return
    rmSync(this.#ownerPath, { force: true })
    this.#file.close()
  }
}

function readPid(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
    return Number.isInteger(pid) ? pid : undefined
  } catch {
    return undefined
  }
}
