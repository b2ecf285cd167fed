import { stringify } from 'csv-stringify/sync'
import type { Trace } from '../../../shared/contract.ts'
import { outcomeOf, requestsOf, type TracedRequest } from './requests-of.ts'

/** Columns in the order of the file; docs/trace-format.md explains each. */
const columns = [
  'trace',
  'operation',
  'key',
  'rpc',
  'peer',
  'type',
  'purpose',
  'hop',
  'introduced_by',
  'sent_at',
  'start_ms',
  'duration_ms',
  'dial_ms',
  'negotiate_ms',
  'wait_ms',
  'decode_ms',
  'outcome',
  'message',
  'heard',
  'heard_new',
  'dropped',
  'has_record',
  'providers',
  'request_bytes',
  'reply_bytes',
  'address',
] as const

type Row = Partial<Record<(typeof columns)[number], string | number | boolean>>

/** One line a request (RFC 4180, with a header). A cell that a spreadsheet would run as a formula is disarmed. */
export function csv(traces: readonly Trace[]): string {
  const rows = traces.flatMap((trace) => requestsOf(trace).map((request) => rowOf(trace, request)))
  return stringify(rows, {
    header: true,
    columns: [...columns],
    escape_formulas: true,
    record_delimiter: 'windows',
    cast: { boolean: String },
  })
}

function rowOf({ operation, events }: Trace, request: TracedRequest): Row {
  const { sent } = request
  const startedMs = events[0]?.monotonicMs ?? sent.monotonicMs
  return {
    trace: operation.id,
    operation: operation.kind,
    key: operation.key.text,
    rpc: sent.rpcId,
    peer: sent.peer,
    type: sent.messageType,
    purpose: sent.purpose,
    ...(sent.hop !== undefined && { hop: sent.hop }),
    ...(sent.cause !== undefined && { introduced_by: sent.cause }),
    sent_at: new Date(sent.at).toISOString(),
    start_ms: milliseconds(sent.monotonicMs - startedMs),
    outcome: outcomeOf(request),
    ...endOf(request),
  }
}

function endOf({ ended, stored }: TracedRequest): Row {
  if (ended === undefined) return {}
  const { timing } = ended
  const times = {
    duration_ms: milliseconds(ended.durationMs),
    dial_ms: milliseconds(timing.dialMs),
    negotiate_ms: milliseconds(timing.negotiateMs),
    wait_ms: milliseconds(timing.waitMs),
    decode_ms: milliseconds(timing.decodeMs),
    request_bytes: ended.requestSizeBytes,
  }
  if (ended.type === 'rpc:failed') return { ...times, message: ended.message }
  return {
    ...times,
    ...(stored?.message !== undefined && { message: stored.message }),
    heard: ended.heard.length,
    heard_new: ended.heard.filter(({ isNew }) => isNew).length,
    dropped: ended.dropped,
    has_record: ended.hasRecord,
    providers: ended.providers,
    reply_bytes: ended.replySizeBytes,
    ...(ended.address !== undefined && { address: ended.address }),
  }
}

/** Three decimals: a microsecond is finer than what was measured. */
function milliseconds(value: number): number {
  return Math.round(value * 1000) / 1000
}
