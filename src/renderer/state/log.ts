import type { FeedEvent } from '../../shared/feed.ts'
import type { LogRow } from '../../shared/rows.ts'
import { replaceRows } from './replace-rows.ts'

export const MAX_LOG_ROWS = 2000

export function reduceLog(rows: readonly LogRow[], event: FeedEvent): readonly LogRow[] {
  if (event.type === 'snapshot:taken') return event.snapshot.log.slice(-MAX_LOG_ROWS)
  if (event.type !== 'log:written') return rows
  return replaceRows(rows, event.rows, ({ seq }) => seq).slice(-MAX_LOG_ROWS)
}
