import type { Outcome } from '../../../shared/rows.ts'
import type { MessageType, Timing } from '../../../shared/trace-event.ts'
import { criticalPath } from './critical-path.ts'
import { log2Distance, sharedBits } from './keyspace.ts'
import { requestOutcome, shortReason } from './request-outcome.ts'
import { durationOf, type TraceModel, type TraceRequest } from './trace-model.ts'

export type SegmentPhase = 'queued' | 'dial' | 'negotiate' | 'wait' | 'decode'

/** A stretch of a request, in milliseconds since the operation began. */
export interface Segment {
  phase: SegmentPhase
  fromMs: number
  toMs: number
}

/** One request, ready to draw. */
export interface WaterfallRow {
  rpcId: number
  /** 1, 2, 3, … in the order of sending. */
  number: number
  peer: string
  messageType: MessageType | undefined
  /** Bits the peer shares with the target; absent when its key is not known. */
  sharedBits: number | undefined
  log2Distance: number | undefined
  /** Hops from a seed, which is 0. */
  hop: number | undefined
  /** Who named the peer; absent for a seed. */
  cause: string | undefined
  startMs: number
  /** Of the answer or the failure; now, while it is awaited. */
  endMs: number
  outcome: Outcome
  /** The answer came after the soft deadline. */
  isLate: boolean
  /** When the lookup stopped waiting for it. */
  slowAtMs: number | undefined
  reason: string | undefined
  /** In order, without overlaps, from being named to the end. */
  segments: Segment[]
  isCritical: boolean
}

/** The rows of a trace, in the order of sending. `nowMs` is where an operation that runs has got to. */
export function waterfallRows(model: TraceModel, nowMs = 0): WaterfallRow[] {
  const critical = new Set(criticalPath(model).map(({ rpcId }) => rpcId))
  const openUntilMs = durationOf(model, nowMs)
  return model.requests.map((request) => ({
    ...rowOf(model, request, openUntilMs),
    isCritical: critical.has(request.rpcId),
  }))
}

function rowOf(
  model: TraceModel,
  request: TraceRequest,
  openUntilMs: number,
): Omit<WaterfallRow, 'isCritical'> {
  const { rpcId, number, peer, startMs, sent, replied, failed } = request
  const endMs = request.endMs ?? Math.max(startMs, openUntilMs)
  const key = model.keys.get(peer)
  const target = model.started?.target
  const isPlaced = key !== undefined && target !== undefined
  return {
    rpcId,
    number,
    peer,
    messageType: (sent ?? replied ?? failed)?.messageType,
    sharedBits: isPlaced ? sharedBits(key, target) : undefined,
    log2Distance: isPlaced ? log2Distance(key, target) : undefined,
    hop: sent?.hop,
    cause: sent?.cause,
    startMs,
    endMs,
    outcome: requestOutcome(request),
    isLate: replied?.late === true,
    slowAtMs: request.slow === undefined ? undefined : startMs + request.slow.softDeadlineMs,
    reason: shortReason(request),
    segments: segmentsOf(request, model.heardMs.get(peer), endMs),
  }
}

const timedPhases: { phase: Exclude<SegmentPhase, 'queued'>; field: keyof Timing }[] = [
  { phase: 'dial', field: 'dialMs' },
  { phase: 'negotiate', field: 'negotiateMs' },
  { phase: 'wait', field: 'waitMs' },
  { phase: 'decode', field: 'decodeMs' },
]

function segmentsOf(request: TraceRequest, heardMs: number | undefined, endMs: number): Segment[] {
  const segments: Segment[] = []
  const { startMs } = request
  let atMs = Math.min(heardMs ?? startMs, startMs)
  const add = (phase: SegmentPhase, toMs: number) => {
    const until = Math.min(Math.max(toMs, atMs), endMs)
    if (until > atMs) segments.push({ phase, fromMs: atMs, toMs: until })
    atMs = until
  }
  add('queued', startMs)
  const timing = (request.replied ?? request.failed)?.timing
  if (timing !== undefined) for (const { phase, field } of timedPhases) add(phase, atMs + timing[field])
  if (request.replied === undefined) add(unfinishedPhase(request), endMs)
  return segments
}

/** Where a request stood that brought no answer. */
function unfinishedPhase({ failed }: TraceRequest): SegmentPhase {
  if (failed?.failure === 'dial' || failed?.failure === 'no-address') return 'dial'
  return failed?.failure === 'unsupported' ? 'negotiate' : 'wait'
}

/** Most requests that waited at the same time. */
export function peakInFlight(rows: readonly WaterfallRow[]): number {
  const changes = rows.flatMap(({ startMs, endMs, slowAtMs }) => [
    { atMs: startMs, by: 1 },
    { atMs: Math.min(endMs, slowAtMs ?? endMs), by: -1 },
  ])
  changes.sort((a, b) => a.atMs - b.atMs || a.by - b.by)
  let now = 0
  let peak = 0
  for (const { by } of changes) {
    now += by
    peak = Math.max(peak, now)
  }
  return peak
}

/** Rows shown at least, while there are as many. */
const ESSENTIAL_ROWS = 16

/**
 * The rows that tell the story: the critical path, everything that did not go
 * well, the first holder of every value, and the nearest who answered until
 * there are 16. In the order of sending.
 */
export function essentialRows(
  rows: readonly WaterfallRow[],
  firstHolders: ReadonlySet<number>,
): WaterfallRow[] {
  const chosen = new Set(
    rows.filter(
      ({ isCritical, outcome, rpcId }) =>
        isCritical || firstHolders.has(rpcId) || (outcome !== 'ok' && outcome !== 'cancelled'),
    ),
  )
  const nearest = [...rows].sort((a, b) => (a.log2Distance ?? 256) - (b.log2Distance ?? 256))
  for (const row of nearest) if (chosen.size < ESSENTIAL_ROWS) chosen.add(row)
  return rows.filter((row) => chosen.has(row))
}
