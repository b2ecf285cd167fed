import type { FeedEvent } from '../../shared/feed.ts'
import type { RatePoint } from '../../shared/rows.ts'

/** An hour of points, one every two seconds. */
export const MAX_RATE_POINTS = 1800

export function reduceRates(points: readonly RatePoint[], event: FeedEvent): readonly RatePoint[] {
  // A reconnect's snapshot begins five minutes back: what was known before that stays.
  if (event.type === 'snapshot:taken') return joinPoints(points, event.snapshot.rates)
  return event.type === 'rate:measured' ? joinPoints(points, [event.point]) : points
}

function joinPoints(points: readonly RatePoint[], newer: readonly RatePoint[]): readonly RatePoint[] {
  const first = newer[0]
  if (first === undefined) return points
  return [...points.filter(({ at }) => at < first.at), ...newer].slice(-MAX_RATE_POINTS)
}
