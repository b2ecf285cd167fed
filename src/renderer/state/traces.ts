import type { FeedEvent, FeedEventOf } from '../../shared/feed.ts'
import type { TraceEvent } from '../../shared/trace-event.ts'

/** A trace being watched. */
export interface WatchedTrace {
  /** In the order they happened; empty until `isLoaded`. */
  readonly events: readonly TraceEvent[]
  /** What there was has been fetched, so that the feed's growth can be joined to it. */
  readonly isLoaded: boolean
  /** Growth that arrived before what it grows from. */
  readonly waiting: readonly FeedEventOf<'trace:grew'>[]
  /** Events are missing: the trace must be fetched again. */
  readonly hasGap: boolean
}

/** By trace id: only those that a view watches. */
export type TracesSlice = ReadonlyMap<string, WatchedTrace>

export const noTraces: TracesSlice = new Map()

const notLoaded: WatchedTrace = { events: [], isLoaded: false, waiting: [], hasGap: false }

export function reduceTraces(traces: TracesSlice, event: FeedEvent): TracesSlice {
  // What grew unseen is missing: those that are watched must be fetched again.
  if (event.type === 'snapshot:taken') return new Map([...traces].map(([id, trace]) => [id, gapped(trace)]))
  if (event.type !== 'trace:grew') return traces
  const trace = traces.get(event.id)
  if (trace === undefined) return traces
  return new Map(traces).set(event.id, grown(trace, event))
}

/** Begins to keep what the feed tells of a trace. */
export function watchTrace(traces: TracesSlice, id: string): TracesSlice {
  return traces.has(id) ? traces : new Map(traces).set(id, notLoaded)
}

export function forgetTrace(traces: TracesSlice, id: string): TracesSlice {
  const next = new Map(traces)
  next.delete(id)
  return next
}

/** Takes what was fetched, and joins to it what grew meanwhile. */
export function loadTrace(traces: TracesSlice, id: string, events: readonly TraceEvent[]): TracesSlice {
  const before = traces.get(id)
  if (before === undefined) return traces
  const loaded: WatchedTrace = { events, isLoaded: true, waiting: [], hasGap: false }
  return new Map(traces).set(id, before.waiting.reduce(grown, loaded))
}

function grown(trace: WatchedTrace, growth: FeedEventOf<'trace:grew'>): WatchedTrace {
  if (!trace.isLoaded || trace.hasGap) return { ...trace, waiting: [...trace.waiting, growth] }
  const known = trace.events.length
  if (growth.fromIndex > known) return { ...trace, hasGap: true, waiting: [growth] }
  const fresh = growth.events.slice(known - growth.fromIndex)
  return fresh.length === 0 ? trace : { ...trace, events: [...trace.events, ...fresh] }
}

function gapped(trace: WatchedTrace): WatchedTrace {
  return trace.isLoaded ? { ...trace, hasGap: true, waiting: [] } : trace
}
