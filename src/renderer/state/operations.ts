import type { FeedEvent } from '../../shared/feed.ts'
import type { OperationRow } from '../../shared/rows.ts'
import { replaceRows } from './replace-rows.ts'

/** Operations kept here; older ones are asked for by `operations.list`. */
export const MAX_OPERATIONS = 1000

export function reduceOperations(rows: readonly OperationRow[], event: FeedEvent): readonly OperationRow[] {
  if (event.type === 'snapshot:taken') return event.snapshot.operations
  if (event.type !== 'operations:changed') return rows
  return replaceRows(rows, event.rows, ({ id }) => id)
    .sort(newestFirst)
    .slice(0, MAX_OPERATIONS)
}

/** Order of operations: newest first, ids apart when started at the same time. */
export function newestFirst(a: OperationRow, b: OperationRow): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)
}
