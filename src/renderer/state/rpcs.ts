import type { FeedEvent } from '../../shared/feed.ts'
import type { RpcRow } from '../../shared/rows.ts'
import { replaceRows } from './replace-rows.ts'

/** Rows kept here; older ones are asked for by `rpcs.list`. */
export const MAX_RPCS = 20_000

export function reduceRpcs(rows: readonly RpcRow[], event: FeedEvent): readonly RpcRow[] {
  if (event.type === 'snapshot:taken') return event.snapshot.rpcs.toReversed()
  if (event.type !== 'rpcs:seen') return rows
  return replaceRows(rows, event.rows, ({ id }) => id).slice(-MAX_RPCS)
}
