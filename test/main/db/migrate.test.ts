import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { migrate } from '../../../src/main/db/engine/migrate.ts'
import { StorageError } from '../../../src/main/db/storage-error.ts'

const first = "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('one')"
const second = 'ALTER TABLE notes ADD COLUMN size INTEGER; UPDATE notes SET size = length(text)'
const version = (db: Sqlite.Database) => db.pragma('user_version', { simple: true })

test('a new file passes through every version', () => {
  const db = new Sqlite(':memory:')
  migrate(db, [first, second])
  expect([version(db), db.prepare('SELECT * FROM notes').all()]).toEqual([2, [{ text: 'one', size: 3 }]])
})

test('a file of an earlier version keeps its rows, and only what is missing runs', () => {
  const db = new Sqlite(':memory:')
  migrate(db, [first])
  db.exec("INSERT INTO notes VALUES ('three')")
  migrate(db, [first, second])
  migrate(db, [first, second])
  expect(db.prepare('SELECT size FROM notes').pluck().all()).toEqual([3, 5])
})

test('a migration that fails leaves the version before it', () => {
  const db = new Sqlite(':memory:')
  migrate(db, [first])
  expect(() => migrate(db, [first, 'DELETE FROM notes; INSERT INTO nowhere VALUES (1)'])).toThrow('nowhere')
  expect([version(db), db.prepare('SELECT count(*) FROM notes').pluck().get()]).toEqual([1, 1])
})

test('a file of a newer Kadscope is refused and left alone', () => {
  const db = new Sqlite(':memory:')
  migrate(db, [first, second])
  expect(() => migrate(db, [first])).toThrow(StorageError)
  expect(() => migrate(db, [first])).toThrow(/version 2.*update Kadscope/)
})
