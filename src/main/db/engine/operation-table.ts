import type Sqlite from 'better-sqlite3'
import { operationKinds } from '../../../shared/trace-event.ts'
import type { EventRun, PackedOperation } from '../db-protocol.ts'
import type { OperationQuery } from '../storages.ts'

const DEFAULT_LIMIT = 100

type ListArguments = [startedAt: number, same: number, id: string, kinds: string, text: string, limit: number]

/** Operations of traces.db with their events and, when they go, their RPCs. */
export class OperationTable {
  readonly #put: Sqlite.Statement<[string, number, string, number, string, string]>
  readonly #get: Sqlite.Statement<[string], string>
  readonly #list: Sqlite.Statement<ListArguments, string>
  readonly #append: Sqlite.Statement<[string, number, number, string]>
  readonly #events: Sqlite.Statement<[string, number], Omit<EventRun, 'traceId'>>
  readonly #deletions: Sqlite.Statement<[string]>[]

  constructor(db: Sqlite.Database) {
    this.#put = db.prepare(`
      INSERT OR REPLACE INTO operations (id, started_at, kind, is_open, search, json) VALUES (?, ?, ?, ?, ?, ?)`)
    this.#get = db.prepare<[string], string>('SELECT json FROM operations WHERE id = ?').pluck()
    this.#list = db
      .prepare<ListArguments, string>(`
        SELECT json FROM operations
        WHERE started_at <= ? AND (started_at < ? OR id < ?)
          AND kind IN (SELECT value FROM json_each(?)) AND instr(search, ?) > 0
        ORDER BY started_at DESC, id DESC LIMIT ?`)
      .pluck()
    this.#append = db.prepare(
      'INSERT INTO event_runs (trace_id, first_index, last_index, json) VALUES (?, ?, ?, ?)',
    )
    this.#events = db.prepare(`
      SELECT first_index AS firstIndex, last_index AS lastIndex, json FROM event_runs
      WHERE trace_id = ? AND last_index >= ? ORDER BY id`)
    this.#deletions = [
      db.prepare('DELETE FROM operations WHERE id = ?'),
      db.prepare('DELETE FROM event_runs WHERE trace_id = ?'),
      db.prepare('DELETE FROM rpcs WHERE operation_id = ?'),
    ]
  }

  put(rows: PackedOperation[]): void {
    for (const { id, startedAt, kind, isOpen, search, json } of rows) {
      this.#put.run(id, startedAt, kind, isOpen ? 1 : 0, search, json)
    }
  }

  get(id: string): string | undefined {
    return this.#get.get(id)
  }

  list({ before, limit = DEFAULT_LIMIT, kinds = [...operationKinds], text = '' }: OperationQuery): string[] {
    const startedAt = before?.startedAt ?? Number.POSITIVE_INFINITY
    const asked = JSON.stringify(kinds)
    return this.#list.all(startedAt, startedAt, before?.id ?? '', asked, text.toLowerCase(), limit)
  }

  append(runs: EventRun[]): void {
    for (const { traceId, firstIndex, lastIndex, json } of runs) {
      this.#append.run(traceId, firstIndex, lastIndex, json)
    }
  }

  events({ traceId, fromIndex }: { traceId: string; fromIndex: number }): Omit<EventRun, 'traceId'>[] {
    return this.#events.all(traceId, fromIndex)
  }

  /** With their events and RPCs. */
  delete(ids: string[]): void {
    for (const id of ids) for (const deletion of this.#deletions) deletion.run(id)
  }
}
