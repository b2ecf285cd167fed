import { existsSync, renameSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { isDamage, StorageError } from '../storage-error.ts'
import { migrate } from './migrate.ts'

export interface OpenFileOptions {
  path: string
  /** `FULL`: a commit is on the disk when it returns. `NORMAL`: after a power failure the last ones may be missing. */
  synchronous: 'FULL' | 'NORMAL'
  migrations: readonly string[]
  report: (problem: string) => void
}

/** Files up to this size are checked at every opening; larger ones only after a run that did not end cleanly. */
const ALWAYS_CHECKED_BYTES = 32 * 1024 * 1024
const CACHE_KIB = 16_384
/** What the write-ahead log is cut back to after a checkpoint. */
const LOG_SIZE_LIMIT_BYTES = 16 * 1024 * 1024

/**
 * Opens a database, creating or migrating it. A damaged one is set aside under
 * a new name, which is reported, and an empty one takes its place.
 * @throws {StorageError} when it was made by a newer Kadscope, or there is no such folder
 * @throws SQLite's error when the file cannot be opened or written
 */
export function openFile(options: OpenFileOptions): Sqlite.Database {
  requireFolder(options.path)
  try {
    inspect(options.path)
    return open(options)
  } catch (error) {
    if (!isDamage(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    const name = basename(options.path)
    const aside = setAside(options.path)
    options.report(
      `${name} is damaged (${reason}). It was set aside as ${aside}; an empty one takes its place.`,
    )
    return open(options)
  }
}

function requireFolder(path: string): void {
  if (existsSync(dirname(path))) return
  throw new StorageError(
    'ERR_STORAGE_OPEN',
    `There is no folder ${dirname(path)}: create it, then try again.`,
  )
}

/** Looks for damage without changing a byte, so that what is set aside is what was found. */
function inspect(path: string): void {
  if (!existsSync(path) || statSync(path).size === 0) return
  const wasEndedCleanly = !existsSync(`${path}-wal`)
  const db = new Sqlite(path, { readonly: true })
  try {
    db.pragma('schema_version')
    if (!wasEndedCleanly || statSync(path).size <= ALWAYS_CHECKED_BYTES) check(db)
  } finally {
    db.close()
  }
}

function check(db: Sqlite.Database): void {
  const found = db.pragma('quick_check(1)', { simple: true })
  if (found !== 'ok') throw new StorageError('ERR_STORAGE_DAMAGED', String(found))
}

function open({ path, synchronous, migrations }: OpenFileOptions): Sqlite.Database {
  const db = new Sqlite(path)
  try {
    db.pragma('auto_vacuum = INCREMENTAL')
    db.pragma('journal_mode = WAL')
    db.pragma(`synchronous = ${synchronous}`)
    db.pragma(`cache_size = -${CACHE_KIB}`)
    db.pragma(`journal_size_limit = ${LOG_SIZE_LIMIT_BYTES}`)
    migrate(db, migrations)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Renames the file with its log, so that SQLite still finds the log beside it; returns the new name. */
function setAside(path: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  }
  return basename(aside)
}
