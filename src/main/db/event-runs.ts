import type { TraceEvent } from '../../shared/trace-event.ts'
import type { EventRun } from './db-protocol.ts'
import type { IndexedTraceEvent } from './storages.ts'

interface OpenRun {
  traceId: string
  firstIndex: number
  events: TraceEvent[]
}

/**
 * Gathers events into runs: those of one trace whose indices follow on each
 * other become one row, which costs the database a fraction of a row each.
 */
export function eventRuns(events: readonly IndexedTraceEvent[]): EventRun[] {
  const runs: OpenRun[] = []
  const lastOfTrace = new Map<string, OpenRun>()
  for (const { traceId, index, event } of events) {
    const last = lastOfTrace.get(traceId)
    if (last !== undefined && last.firstIndex + last.events.length === index) {
      last.events.push(event)
      continue
    }
    const run = { traceId, firstIndex: index, events: [event] }
    lastOfTrace.set(traceId, run)
    runs.push(run)
  }
  return runs.map(toRow)
}

/** The events of runs given in the order they were appended, by index, from `fromIndex` on. */
export function eventsOfRuns(runs: readonly Omit<EventRun, 'traceId'>[], fromIndex: number): TraceEvent[] {
  const byIndex = new Map<number, TraceEvent>()
  for (const { firstIndex, json } of runs) {
    for (const [i, event] of (JSON.parse(json) as TraceEvent[]).entries()) byIndex.set(firstIndex + i, event)
  }
  return [...byIndex]
    .filter(([index]) => index >= fromIndex)
    .sort(([a], [b]) => a - b)
    .map(([, event]) => event)
}

function toRow({ traceId, firstIndex, events }: OpenRun): EventRun {
  return { traceId, firstIndex, lastIndex: firstIndex + events.length - 1, json: JSON.stringify(events) }
}
