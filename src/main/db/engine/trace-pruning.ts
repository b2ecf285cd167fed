import type Sqlite from 'better-sqlite3'
import type { TraceLimits } from '../storages.ts'
import type { OperationTable } from './operation-table.ts'

/** Rows deleted in one step, so that a record's write never waits long behind it. */
const OPERATIONS_A_STEP = 20
const ROWS_A_STEP = 500
/** Pages given back to the file system in one step. */
const PAGES_A_STEP = 256

type Kind = 'operations' | 'rpcs' | 'table_history'

/** How many operations a step deleted; undefined when there was nothing to delete. */
type Step = number | undefined

/** Deletes the oldest of traces.db step by step. Operations that still run stay. */
export class TracePruning {
  readonly #db: Sqlite.Database
  readonly #operations: OperationTable
  readonly #oldest: Record<Kind, Sqlite.Statement<[], number>>
  readonly #oldOperations: Sqlite.Statement<[before: number, limit: number], string>
  readonly #deletions: Record<Exclude<Kind, 'operations'>, Sqlite.Statement<[before: number, limit: number]>>
  readonly #count: Sqlite.Statement<[], number>

  constructor(db: Sqlite.Database, operations: OperationTable) {
    this.#db = db
    this.#operations = operations
    const oldest = (sql: string) => db.prepare<[], number>(sql).pluck()
    this.#oldest = {
      operations: oldest(
        'SELECT started_at FROM operations WHERE +is_open = 0 ORDER BY started_at, id LIMIT 1',
      ),
      rpcs: oldest('SELECT min(at) FROM rpcs'),
      table_history: oldest('SELECT min(at) FROM table_history'),
    }
    this.#oldOperations = db
      .prepare<[number, number], string>(
        'SELECT id FROM operations WHERE started_at < ? AND +is_open = 0 ORDER BY started_at, id LIMIT ?',
      )
      .pluck()
    const deletion = (table: string) =>
      db.prepare<[number, number]>(
        `DELETE FROM ${table} WHERE seq IN (SELECT seq FROM ${table} WHERE at < ? ORDER BY at LIMIT ?)`,
      )
    this.#deletions = { rpcs: deletion('rpcs'), table_history: deletion('table_history') }
    this.#count = db.prepare<[], number>('SELECT count(*) FROM operations').pluck()
  }

  /** One step towards the limits. */
  step(limits: TraceLimits): { operations: number; isDone: boolean } {
    const deleted = this.#byAge(limits) ?? this.#byCount(limits) ?? this.#bySize(limits)
    if (deleted !== undefined) return { operations: deleted, isDone: false }
    return { operations: 0, isDone: !this.#giveBackPages() }
  }

  #byAge({ now, maxAgeMs }: TraceLimits): Step {
    const before = now - maxAgeMs
    return (
      this.#deleteOperations(before, OPERATIONS_A_STEP) ??
      this.#deleteRows('rpcs', before) ??
      this.#deleteRows('table_history', before)
    )
  }

  #byCount({ maxOperations }: TraceLimits): Step {
    const excess = (this.#count.get() ?? 0) - maxOperations
    if (excess <= 0) return undefined
    return this.#deleteOperations(Number.POSITIVE_INFINITY, Math.min(excess, OPERATIONS_A_STEP))
  }

  #bySize({ maxSizeBytes }: TraceLimits): Step {
    if (this.#usedBytes() <= maxSizeBytes) return undefined
    const kind = this.#oldestKind()
    if (kind === undefined) return undefined
    const always = Number.POSITIVE_INFINITY
    return kind === 'operations'
      ? this.#deleteOperations(always, OPERATIONS_A_STEP)
      : this.#deleteRows(kind, always)
  }

  #oldestKind(): Kind | undefined {
    const kinds: Kind[] = ['operations', 'rpcs', 'table_history']
    const ages = kinds.map((kind) => ({ kind, at: this.#oldest[kind].get() ?? Number.POSITIVE_INFINITY }))
    const oldest = ages.reduce((a, b) => (b.at < a.at ? b : a))
    return oldest.at === Number.POSITIVE_INFINITY ? undefined : oldest.kind
  }

  #deleteOperations(before: number, limit: number): Step {
    const ids = this.#oldOperations.all(before, limit)
    this.#operations.delete(ids)
    return ids.length === 0 ? undefined : ids.length
  }

  #deleteRows(kind: Exclude<Kind, 'operations'>, before: number): Step {
    return this.#deletions[kind].run(before, ROWS_A_STEP).changes === 0 ? undefined : 0
  }

  #usedBytes(): number {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pragma('page_size')
  }

  /** Cuts free pages off the file's end; false when there are none. */
  #giveBackPages(): boolean {
    if (this.#pragma('freelist_count') === 0) return false
    this.#db.pragma(`incremental_vacuum(${PAGES_A_STEP})`)
    return true
  }

  #pragma(name: string): number {
    return Number(this.#db.pragma(name, { simple: true }))
  }
}
