import type { FeedEvent } from '../../shared/feed.ts'
import type { TableHistoryRow } from '../../shared/rows.ts'
import { replaceRows } from './replace-rows.ts'

export const MAX_HISTORY_ROWS = 20_000

/** What was written since the page was opened; what was before is asked for by `table.history`. */
export function reduceHistory(
  rows: readonly TableHistoryRow[],
  event: FeedEvent,
): readonly TableHistoryRow[] {
  // Rows may have been written unseen before a snapshot: what follows a hole is asked for again.
  if (event.type === 'snapshot:taken') return []
  if (event.type !== 'history:written') return rows
  return replaceRows(rows, event.rows, ({ seq }) => seq).slice(-MAX_HISTORY_ROWS)
}
