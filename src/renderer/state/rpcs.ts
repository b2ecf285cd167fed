import type { FeedEvent } from '../../shared/feed.ts'
import type { RpcRow } from '../../shared/rows.ts'
import { replaceRows } from './replace-rows.ts'

/** Rows kept here; older ones are asked for by `rpcs.list`. */
export const MAX_RPCS = 200_000

export function reduceRpcs(rows: readonly RpcRow[], event: FeedEvent): readonly RpcRow[] {
  if (event.type === 'snapshot:taken') return event.snapshot.rpcs.toReversed().sort(oldestFirst)
  return event.type === 'rpcs:seen' ? insertRpcs(rows, event.rows) : rows
}

/**
 * The rows with `fresh` ones at their places in time. A request is told when
 * it has ended, so one that waited long belongs before others that were told
 * earlier: only the rows from its time on are looked at.
 */
function insertRpcs(rows: readonly RpcRow[], fresh: readonly RpcRow[]): readonly RpcRow[] {
  const firstAt = fresh.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY)
  const untouched = rows.findLastIndex(({ at }) => at < firstAt) + 1
  const touched = replaceRows(rows.slice(untouched), fresh, ({ id }) => id).sort(oldestFirst)
  const excess = Math.max(0, untouched + touched.length - MAX_RPCS)
  return excess >= untouched
    ? touched.slice(excess - untouched)
    : rows.slice(excess, untouched).concat(touched)
}

/** Order of requests; those of the same moment stay as they were told. */
function oldestFirst(a: RpcRow, b: RpcRow): number {
  return a.at - b.at
}
