import type Sqlite from 'better-sqlite3'
import { StorageError } from '../storage-error.ts'

/**
 * Brings the database from its version (`user_version`, 0 for a new file) to
 * the newest: `migrations[n]` leads from version n to n + 1 and is never changed
 * once released. Each runs in a transaction of its own.
 * @throws {StorageError} when the file was made by a newer Kadscope
 */
export function migrate(db: Sqlite.Database, migrations: readonly string[]): void {
  const from = versionOf(db)
  if (from > migrations.length) {
    throw new StorageError(
      'ERR_STORAGE_NEWER',
      `${db.name} has version ${from} and this Kadscope knows versions up to ${migrations.length}: update Kadscope, or choose another profile.`,
    )
  }
  for (const [version, sql] of migrations.entries()) {
    if (version >= from) db.transaction(() => db.exec(sql).pragma(`user_version = ${version + 1}`))()
  }
}

function versionOf(db: Sqlite.Database): number {
  return Number(db.pragma('user_version', { simple: true }))
}
