import type { Outcome } from '../../../shared/rows.ts'
import { criticalPath } from './critical-path.ts'
import { isLookupRequest, type TraceModel } from './trace-model.ts'
import { waterfallRows } from './waterfall.ts'

/** A request at the moment it ended, as far from the target as its peer is. */
export interface DistancePoint {
  rpcId: number
  number: number
  peer: string
  atMs: number
  log2: number
  outcome: Outcome
  hasAnswered: boolean
  isCritical: boolean
}

/** From the answer that named a peer to that peer's own. */
export interface IntroductionEdge {
  from: DistancePoint
  to: DistancePoint
  isCritical: boolean
}

/** From `atMs` on the k-th nearest that answered is at `log2`; the farthest while fewer than k did. */
export interface DistanceStep {
  atMs: number
  log2: number
  answered: number
}

export interface DistanceChart {
  points: DistancePoint[]
  edges: IntroductionEdge[]
  steps: DistanceStep[]
  /** The k of the operation. */
  k: number
}

/** Points drawn at most: more cannot be told apart, and cost frames. */
export const MAX_POINTS = 2000

/** What the distance × time chart draws. Points of the critical path are never thinned out. */
export function distanceChart(model: TraceModel, nowMs = 0, maxPoints = MAX_POINTS): DistanceChart {
  const k = model.started?.k ?? 20
  const all = pointsOf(model, nowMs)
  const points = decimate(all, maxPoints, ({ isCritical }) => isCritical)
  return { points, edges: edgesOf(model, points), steps: stepsOf(all, k), k }
}

function pointsOf(model: TraceModel, nowMs: number): DistancePoint[] {
  const requests = new Map(model.requests.filter(isLookupRequest).map((request) => [request.rpcId, request]))
  return waterfallRows(model, nowMs)
    .flatMap(({ rpcId, number, peer, endMs, slowAtMs, log2Distance: log2, outcome, isCritical }) => {
      const request = requests.get(rpcId)
      if (log2 === undefined || request === undefined || outcome === 'pending') return []
      const hasAnswered = request.replied !== undefined
      const atMs = hasAnswered ? endMs : Math.min(endMs, slowAtMs ?? endMs)
      return [{ rpcId, number, peer, atMs, log2, outcome, hasAnswered, isCritical }]
    })
    .sort((a, b) => a.atMs - b.atMs || a.rpcId - b.rpcId)
}

function edgesOf(model: TraceModel, points: readonly DistancePoint[]): IntroductionEdge[] {
  const byPeer = new Map(points.map((point) => [point.peer, point]))
  const causes = new Map(model.requests.map(({ rpcId, sent }) => [rpcId, sent?.cause]))
  const critical = new Set(criticalPath(model).map(({ rpcId }) => rpcId))
  return points.flatMap((to) => {
    const from = byPeer.get(causes.get(to.rpcId) ?? '')
    if (from === undefined || from === to) return []
    return [{ from, to, isCritical: critical.has(from.rpcId) && critical.has(to.rpcId) }]
  })
}

function stepsOf(points: readonly DistancePoint[], k: number): DistanceStep[] {
  const nearest: number[] = []
  let answered = 0
  const steps: DistanceStep[] = []
  for (const { hasAnswered, log2, atMs } of points) {
    if (!hasAnswered) continue
    answered++
    insertSorted(nearest, log2)
    if (nearest.length > k) nearest.pop()
    const kth = nearest.at(-1) ?? log2
    if (kth !== steps.at(-1)?.log2) steps.push({ atMs, log2: kth, answered })
  }
  return steps
}

function insertSorted(sorted: number[], value: number): void {
  let at = sorted.length
  while (at > 0 && (sorted[at - 1] ?? value) > value) at--
  sorted.splice(at, 0, value)
}

/**
 * At most `limit` of the items in their order, evenly spread: the first, the
 * last and those that must stay among them. Returns the input when it is short
 * enough. When more must stay than `limit`, they are thinned out like the rest.
 */
export function decimate<T>(items: readonly T[], limit: number, mustStay: (item: T) => boolean): T[] {
  if (items.length <= limit) return [...items]
  const kept = items.filter(mustStay)
  const others = items.filter((item) => !mustStay(item))
  if (kept.length >= limit) return spread(kept, limit)
  const chosen = new Set([...kept, ...spread(others, limit - kept.length)])
  return items.filter((item) => chosen.has(item))
}

function spread<T>(items: readonly T[], count: number): T[] {
  const stride = (items.length - 1) / Math.max(1, count - 1)
  return Array.from({ length: count }, (_, i) => items[Math.round(i * stride)]).filter(
    (item) => item !== undefined,
  )
}
