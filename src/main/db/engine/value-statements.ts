import type Sqlite from 'better-sqlite3'
import type { StoredValue, StoredValueInfo } from '../../../dht/stores/value-storage.ts'

export type ValueRow = StoredValue & { id: number }

/** What must be known of a row to remove it. */
export interface RemovableValue {
  id: number
  key: Uint8Array
  publisher: string
  sizeBytes: number
}

const TIMES = 'v.received_at AS receivedAt, v.expires_at AS expiresAt'
// CROSS JOIN: the values lead, whatever the planner thinks of an empty table of publishers.
const FROM = 'FROM stored_values v CROSS JOIN publishers p ON p.id = v.publisher_id'
const REMOVABLE = `v.id, v.key, p.peer AS publisher, length(v.key) + length(v.value) AS sizeBytes ${FROM}`
const INFO = `v.key, length(v.value) AS sizeBytes, ${TIMES}, p.peer AS publisher ${FROM}`

type Bytes = Uint8Array

/** The statements of `ValueTable`, prepared once. */
export class ValueStatements {
  readonly find: Sqlite.Statement<[key: Bytes], ValueRow>
  /** Changes nothing when the key is held. */
  readonly insert: Sqlite.Statement<[Bytes, number, number, number, number, distance: number, Bytes]>
  readonly replace: Sqlite.Statement<[number, number, number, number, Bytes, number]>
  readonly refresh: Sqlite.Statement<[receivedAt: number, expiresAt: number, id: number]>
  readonly remove: Sqlite.Statement<[id: number]>
  /** Nearest to expiry first. */
  readonly expired: Sqlite.Statement<[now: number, limit: number], RemovableValue>
  /** Others' values beyond a distance, farthest first. */
  readonly farthest: Sqlite.Statement<[distance: number], RemovableValue>
  readonly list: Sqlite.Statement<[from: Bytes, now: number, limit: number], StoredValueInfo>
  readonly listBefore: Sqlite.Statement<
    [from: Bytes, end: Bytes, now: number, limit: number],
    StoredValueInfo
  >
  readonly #db: Sqlite.Database

  constructor(db: Sqlite.Database) {
    this.#db = db
    this.find = db.prepare(
      `SELECT v.id, v.key, v.value, ${TIMES}, p.peer AS publisher ${FROM} WHERE v.key = ?`,
    )
    this.insert = db.prepare(`
      INSERT INTO stored_values (key, publisher_id, own, received_at, expires_at, distance, value)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (key) DO NOTHING`)
    this.replace = db.prepare(`
      UPDATE stored_values SET publisher_id = ?, own = ?, received_at = ?, expires_at = ?, value = ? WHERE id = ?`)
    this.refresh = db.prepare('UPDATE stored_values SET received_at = ?, expires_at = ? WHERE id = ?')
    this.remove = db.prepare('DELETE FROM stored_values WHERE id = ?')
    this.expired = db.prepare(`SELECT ${REMOVABLE} WHERE v.expires_at <= ? ORDER BY v.expires_at LIMIT ?`)
    this.farthest = db.prepare(
      `SELECT ${REMOVABLE} WHERE v.own = 0 AND v.distance > ? ORDER BY v.distance DESC`,
    )
    this.list = db.prepare(`SELECT ${INFO} WHERE v.key >= ? AND +v.expires_at > ? ORDER BY v.key LIMIT ?`)
    this.listBefore = db.prepare(
      `SELECT ${INFO} WHERE v.key >= ? AND v.key < ? AND +v.expires_at > ? ORDER BY v.key LIMIT ?`,
    )
  }

  /** Gives every row the distance from another node, and marks the rows of `ownId` as own. */
  rebase(distanceOf: (key: Bytes) => number, ownId: number | null): void {
    this.#db.function('store_distance', distanceOf)
    this.#db
      .prepare('UPDATE stored_values SET distance = store_distance(key), own = publisher_id IS ?')
      .run(ownId)
  }
}
