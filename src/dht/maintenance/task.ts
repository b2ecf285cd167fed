import type { NodeEvent } from '../events.ts'
import type { DhtContext } from '../operations/context.ts'
import type { RoutingTable } from '../routing-table/routing-table.ts'

/** What maintenance works with: what operations do, and the whole table. */
export interface MaintenanceContext extends DhtContext {
  table: RoutingTable
}

/** What one run of a task came to. */
export interface TaskRun {
  /** When it wants to run again, in milliseconds from the end of this run. `Infinity`: only when it is asked to. */
  nextInMs: number
  /** In a few words, for `maintenance:done`; absent when there was nothing to do. */
  result?: string
}

/** Work a node does by itself, now and then. */
export interface MaintenanceTask {
  /** Which one it is, for the scheduler's callers. */
  readonly name: 'refresh' | 'random-walk' | 'liveness' | 'expiry' | 'republish' | 'reprovide'
  /** Under which name its runs are published. */
  readonly event: Extract<NodeEvent, { type: 'maintenance:done' }>['task']
  /** Milliseconds from the start of the node to the first run. */
  readonly firstInMs: number
  /**
   * Does what is due at `now` (wall time, milliseconds since the epoch).
   * Aborting `signal` ends it soon; it may then throw whatever it likes.
   */
  run(now: number, signal: AbortSignal): Promise<TaskRun>
}
