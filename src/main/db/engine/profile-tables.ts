import type Sqlite from 'better-sqlite3'
import type { JsonRow, PackedPeer } from '../db-protocol.ts'

/** The routing table's peers of kadscope.db. */
export class PeerTable {
  readonly #clear: Sqlite.Statement<[]>
  readonly #insert: Sqlite.Statement<[string, Uint8Array, number]>
  readonly #load: Sqlite.Statement<[], PackedPeer>

  constructor(db: Sqlite.Database) {
    this.#clear = db.prepare('DELETE FROM table_peers')
    this.#insert = db.prepare('INSERT OR REPLACE INTO table_peers (id, addrs, last_seen_at) VALUES (?, ?, ?)')
    this.#load = db.prepare(
      'SELECT id, addrs, last_seen_at AS lastSeenAt FROM table_peers ORDER BY last_seen_at DESC',
    )
  }

  save(peers: PackedPeer[]): void {
    this.#clear.run()
    for (const { id, addrs, lastSeenAt } of peers) this.#insert.run(id, addrs, lastSeenAt)
  }

  load(): PackedPeer[] {
    return this.#load.all()
  }
}

/** A table of JSON rows by name: the validators, or the settings. */
export class JsonTable {
  readonly #put: Sqlite.Statement<[string, string]>
  readonly #remove: Sqlite.Statement<[string]>
  readonly #list: Sqlite.Statement<[], JsonRow>

  constructor(db: Sqlite.Database, table: 'validators' | 'settings') {
    this.#put = db.prepare(`INSERT OR REPLACE INTO ${table} (name, json) VALUES (?, ?)`)
    this.#remove = db.prepare(`DELETE FROM ${table} WHERE name = ?`)
    this.#list = db.prepare(`SELECT name, json FROM ${table} ORDER BY name`)
  }

  put({ name, json }: JsonRow): void {
    this.#put.run(name, json)
  }

  remove(name: string): boolean {
    return this.#remove.run(name).changes > 0
  }

  list(): JsonRow[] {
    return this.#list.all()
  }
}
