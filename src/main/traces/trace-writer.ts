import type { OperationRow, TableHistoryRow } from '../../shared/rows.ts'
import type { IndexedTraceEvent, StoredRpc, TableHistoryStorage, TraceStorage } from '../db/storages.ts'

export interface TraceWriterInit {
  traces: Pick<TraceStorage, 'putOperations' | 'appendEvents' | 'putRpcs'>
  history: Pick<TableHistoryStorage, 'append'>
  /** Told once when writes begin to fail, in a sentence. */
  onProblem(text: string): void
}

/** RPC rows and trace events that wait for the database, at most; later ones are dropped and counted. */
const MAX_WAITING = 20_000

/**
 * Writes what was recorded, in batches, one at a time: while one is under way
 * the next gathers. When the database does not keep up, RPCs and events of
 * traces are dropped; rows of operations and changes of the table never are.
 */
export class TraceWriter {
  readonly #init: TraceWriterInit
  #operations = new Map<string, OperationRow>()
  #events: IndexedTraceEvent[] = []
  #rpcs: StoredRpc[] = []
  #changes: Omit<TableHistoryRow, 'seq'>[] = []
  #writing: Promise<boolean> = Promise.resolve(false)
  #isFailing = false
  #dropped = 0

  constructor(init: TraceWriterInit) {
    this.#init = init
  }

  /** RPCs and events not written since the start. */
  get dropped(): number {
    return this.#dropped
  }

  operation(row: OperationRow): void {
    this.#operations.set(row.id, row)
  }

  event(event: IndexedTraceEvent): void {
    if (this.#events.length < MAX_WAITING) this.#events.push(event)
    else this.#dropped++
  }

  rpc(rpc: StoredRpc): void {
    if (this.#rpcs.length < MAX_WAITING) this.#rpcs.push(rpc)
    else this.#dropped++
  }

  change(change: Omit<TableHistoryRow, 'seq'>): void {
    this.#changes.push(change)
  }

  /** Resolves when everything given before has been written, or could not be; true when changes of the table were. */
  flush(): Promise<boolean> {
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async #write(): Promise<boolean> {
    const { traces, history } = this.#init
    const [operations, events, rpcs, changes] = [this.#operations, this.#events, this.#rpcs, this.#changes]
    this.#operations = new Map()
    this.#events = []
    this.#rpcs = []
    this.#changes = []
    try {
      await Promise.all([
        operations.size > 0 && traces.putOperations([...operations.values()]),
        events.length > 0 && traces.appendEvents(events),
        rpcs.length > 0 && traces.putRpcs(rpcs),
        changes.length > 0 && history.append(changes),
      ])
      this.#isFailing = false
      return changes.length > 0
    } catch (error) {
      this.#dropped += events.length + rpcs.length
      this.#report(error)
      return false
    }
  }

  #report(error: unknown): void {
    if (this.#isFailing) return
    this.#isFailing = true
    const reason = error instanceof Error ? error.message : String(error)
    this.#init.onProblem(`Traces cannot be kept: ${reason} The node goes on without.`)
  }
}
