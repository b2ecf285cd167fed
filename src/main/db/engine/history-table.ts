import type Sqlite from 'better-sqlite3'
import type { PackedHistoryRow } from '../db-protocol.ts'
import type { TableHistoryQuery } from '../storages.ts'

const DEFAULT_LIMIT = 1000

/** The routing table's changes in traces.db. */
export class HistoryTable {
  readonly #append: Sqlite.Statement<[number, string]>
  readonly #list: Sqlite.Statement<[number, number, number, number], PackedHistoryRow>

  constructor(db: Sqlite.Database) {
    this.#append = db.prepare('INSERT INTO table_history (at, json) VALUES (?, ?)')
    this.#list = db.prepare(`
      SELECT seq, at, json FROM table_history WHERE seq > ? AND +at >= ? AND +at <= ? ORDER BY seq LIMIT ?`)
  }

  append(rows: Omit<PackedHistoryRow, 'seq'>[]): void {
    for (const { at, json } of rows) this.#append.run(at, json)
  }

  list({ from, to, afterSeq = 0, limit = DEFAULT_LIMIT }: TableHistoryQuery): PackedHistoryRow[] {
    const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number
    return this.#list.all(afterSeq, from ?? NEGATIVE_INFINITY, to ?? POSITIVE_INFINITY, limit)
  }
}
