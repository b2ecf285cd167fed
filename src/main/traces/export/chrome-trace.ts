import type { Trace } from '../../../shared/contract.ts'
import type { Timing, TraceEvent } from '../../../shared/trace-event.ts'
import { outcomeOf, requestsOf, type TracedRequest } from './requests-of.ts'

/** An event of the Trace Event Format, as Perfetto and chrome://tracing read it. Times in microseconds. */
interface ChromeEvent {
  name: string
  ph: 'X' | 'i' | 'M'
  pid: number
  tid: number
  ts?: number
  dur?: number
  cat?: string
  s?: 't'
  args?: Record<string, unknown>
}

/** Phases of a request in the order they happen. */
const phases = [
  ['dial', 'dialMs'],
  ['negotiate', 'negotiateMs'],
  ['wait', 'waitMs'],
  ['decode', 'decodeMs'],
] as const satisfies readonly (readonly [string, keyof Timing])[]

/** What happened to the lookup as a whole. */
const marks = new Set<TraceEvent['type']>(['lookup:phase', 'value:selected', 'operation:ended'])

/**
 * Chrome Trace Event JSON: a process for each operation, in it a track for the
 * operation itself and one for each peer, with the phases of a request inside
 * the request. Times begin with the earliest event of the file.
 */
export function chromeTrace(traces: readonly Trace[]): string {
  const originMs = Math.min(...traces.flatMap(({ events }) => events.map(({ monotonicMs }) => monotonicMs)))
  const traceEvents = traces.flatMap((trace, index) => eventsOf(trace, index + 1, originMs))
  const startedAt = Math.min(...traces.map(({ operation }) => operation.startedAt))
  const metadata = { source: 'kadscope', ...(traces.length > 0 && { startedAt }) }
  return `${JSON.stringify({ displayTimeUnit: 'ms', metadata, traceEvents })}\n`
}

function eventsOf(trace: Trace, pid: number, originMs: number): ChromeEvent[] {
  const { operation } = trace
  const tracks = new Map<string, number>()
  const requests = requestsOf(trace)
  for (const { sent } of requests) if (!tracks.has(sent.peer)) tracks.set(sent.peer, tracks.size + 2)
  return [
    named('process_name', pid, 0, `${operation.kind} ${operation.key.text}`),
    named('thread_name', pid, 1, 'operation'),
    ...[...tracks].map(([peer, tid]) => named('thread_name', pid, tid, peer)),
    ...operationEvents(trace, pid, originMs),
    ...requests.flatMap((request) =>
      requestEvents(request, pid, tracks.get(request.sent.peer) ?? 1, originMs),
    ),
  ]
}

function named(name: string, pid: number, tid: number, text: string): ChromeEvent {
  return { name, ph: 'M', pid, tid, args: { name: text } }
}

function operationEvents({ operation, events }: Trace, pid: number, originMs: number): ChromeEvent[] {
  const [first] = events
  if (first === undefined) return []
  const at = { pid, tid: 1, cat: 'operation' }
  const last = events.at(-1) ?? first
  const durationMs = operation.durationMs ?? last.monotonicMs - first.monotonicMs
  const { id, key, counts, result, reason } = operation
  const args = { id, key: key.text, target: key.target, result, reason, ...counts }
  const whole = {
    name: operation.kind,
    ph: 'X',
    ts: micros(first.monotonicMs - originMs),
    dur: micros(durationMs),
    args,
  } as const
  const marked = events.filter(({ type }) => marks.has(type))
  return [
    { ...at, ...whole },
    ...marked.map((event) => ({
      ...at,
      name: markName(event),
      ph: 'i' as const,
      s: 't' as const,
      ts: micros(event.monotonicMs - originMs),
    })),
  ]
}

function markName(event: TraceEvent): string {
  if (event.type === 'lookup:phase') return `phase: ${event.phase}`
  if (event.type === 'operation:ended') return `ended: ${event.reason}`
  return event.type
}

function requestEvents(request: TracedRequest, pid: number, tid: number, originMs: number): ChromeEvent[] {
  const { sent, ended, slow, stored } = request
  const ts = micros(sent.monotonicMs - originMs)
  const at = { pid, tid, cat: 'rpc' }
  const { rpcId, peer, purpose, hop, cause, key } = sent
  const outcome = outcomeOf(request)
  const args = {
    rpcId,
    peer,
    purpose,
    hop,
    introducedBy: cause,
    key,
    outcome,
    stored: stored?.ok,
    ...endArgs(ended),
  }
  const dur = micros(ended?.durationMs ?? 0)
  const slowMark = slow && {
    ...at,
    name: 'soft deadline',
    ph: 'i' as const,
    s: 't' as const,
    ts: micros(slow.monotonicMs - originMs),
  }
  return [
    { ...at, name: sent.messageType, ph: 'X', ts, dur, args },
    ...(ended === undefined ? [] : phaseEvents(ended.timing, ts, dur, at)),
    ...(slowMark ? [slowMark] : []),
  ]
}

function endArgs(ended: TracedRequest['ended']): Record<string, unknown> {
  if (ended === undefined) return {}
  if (ended.type === 'rpc:failed') return { message: ended.message, requestBytes: ended.requestSizeBytes }
  const { heard, providers, hasRecord, address, requestSizeBytes, replySizeBytes } = ended
  return {
    heard: heard.length,
    providers,
    hasRecord,
    address,
    requestBytes: requestSizeBytes,
    replyBytes: replySizeBytes,
  }
}

/** One after the other from the start, never past the request's own end: a slice must lie within its parent. */
function phaseEvents(
  timing: Timing,
  startUs: number,
  durationUs: number,
  at: Pick<ChromeEvent, 'pid' | 'tid' | 'cat'>,
): ChromeEvent[] {
  const endUs = startUs + durationUs
  let ts = startUs
  const events: ChromeEvent[] = []
  for (const [name, field] of phases) {
    const dur = Math.min(micros(timing[field]), endUs - ts)
    if (dur <= 0) continue
    events.push({ ...at, name, ph: 'X', ts, dur })
    ts += dur
  }
  return events
}

function micros(ms: number): number {
  return Math.max(0, Math.round(ms * 1000))
}
