import type { Severity } from '../../../shared/rows.ts'
import type { OperationKind } from '../../../shared/trace-event.ts'
import { formatDuration } from '../../format/times.ts'
import { criticalPath } from './critical-path.ts'
import { endVerdict } from './end-verdict.ts'
import { plural } from './phrases.ts'
import { requestOutcome } from './request-outcome.ts'
import { seenValues } from './seen-values.ts'
import {
  durationOf,
  firstReceivedValue,
  isLookupRequest,
  type TraceModel,
  type TraceRequest,
} from './trace-model.ts'

/** What an operation's time went on, or what went wrong, with the requests that prove it. */
export interface TraceVerdict {
  severity: Severity
  /** Wall time it cost, milliseconds; 0 when it cost none. */
  costMs: number
  /** The finding. */
  title: string
  /** The rest of the sentence. */
  text: string
  /** At most six. */
  rpcIds: number[]
}

const MAX_PROOFS = 6

/** The verdicts of a trace, those that cost most time first, and before them why it failed when it did. */
export function traceVerdicts(model: TraceModel): TraceVerdict[] {
  const findings = [
    certainty,
    silence,
    dialling,
    disagreement,
    refusals,
    absence,
    stores,
    unsupported,
    unreachable,
  ]
    .flatMap((find) => find(model) ?? [])
    .sort((a, b) => b.costMs - a.costMs)
  const end = endVerdict(model)
  const isBad = end !== undefined && end.severity !== 'good'
  const all = isBad ? [end, ...findings] : [...findings, ...(end === undefined ? [] : [end])]
  return all.map((verdict) => ({ ...verdict, rpcIds: verdict.rpcIds.slice(0, MAX_PROOFS) }))
}

/** What it cost to make sure after the first value was there. */
function certainty(model: TraceModel): TraceVerdict | undefined {
  const first = firstReceivedValue(model)
  const endMs = durationOf(model)
  if (first === undefined || model.ended === undefined || endMs - first.atMs < 1) return undefined
  const last = criticalPath(model).at(-1)
  return {
    severity: 'info',
    costMs: endMs - first.atMs,
    title: `Certainty cost ${formatDuration(endMs - first.atMs)}.`,
    text: `The value was there at ${formatDuration(first.atMs)}; the rest is hearing the others near the key.`,
    rpcIds: distinctIds([first.rpcId, last?.rpcId]),
  }
}

/** Peers that held a slot until their soft deadline, or until their request failed for silence. */
function silence(model: TraceModel): TraceVerdict | undefined {
  const silent = model.requests.filter(
    (request) =>
      isLookupRequest(request) && (request.slow !== undefined || request.failed?.failure === 'timeout'),
  )
  if (silent.length === 0) return undefined
  const spans = silent.map(heldSpan)
  const alpha = model.started?.alpha
  const onPath = criticalPath(model).filter((request) => silent.includes(request)).length
  const slots = alpha === undefined ? '' : ` of ${alpha}`
  return {
    severity: 'warn',
    costMs: unionLength(spans),
    title: `${plural(silent.length, 'silent peer')} held up to ${mostAtOnce(spans)}${slots} slots`,
    text: `until the soft deadline; ${onPath === 0 ? 'none' : onPath} on the critical path.`,
    rpcIds: silent.map(({ rpcId }) => rpcId),
  }
}

interface Span {
  fromMs: number
  toMs: number
}

function heldSpan({ startMs, endMs, slow }: TraceRequest): Span {
  const slowMs = slow === undefined ? Number.POSITIVE_INFINITY : startMs + slow.softDeadlineMs
  const toMs = Math.min(endMs ?? Number.POSITIVE_INFINITY, slowMs)
  return { fromMs: startMs, toMs: Number.isFinite(toMs) ? toMs : startMs }
}

function unionLength(spans: readonly Span[]): number {
  let coveredTo = Number.NEGATIVE_INFINITY
  let length = 0
  for (const { fromMs, toMs } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    length += Math.max(0, toMs - Math.max(fromMs, coveredTo))
    coveredTo = Math.max(coveredTo, toMs)
  }
  return length
}

function mostAtOnce(spans: readonly Span[]): number {
  const overlaps = spans.map(
    ({ fromMs }) => spans.filter((other) => other.fromMs <= fromMs && fromMs < other.toMs).length,
  )
  return Math.max(1, ...overlaps)
}

/** Connections made on the critical path. */
function dialling(model: TraceModel): TraceVerdict | undefined {
  const dialled = criticalPath(model).filter(({ replied }) => (replied?.timing.dialMs ?? 0) > 0)
  const costMs = dialled.reduce((sum, { replied }) => sum + (replied?.timing.dialMs ?? 0), 0)
  if (costMs < durationOf(model) * 0.1) return undefined
  return {
    severity: 'info',
    costMs,
    title: `Dialling took ${formatDuration(costMs)}`,
    text: `on the critical path: ${plural(dialled.length, 'peer')} had no open connection.`,
    rpcIds: dialled.map(({ rpcId }) => rpcId),
  }
}

function disagreement(model: TraceModel): TraceVerdict | undefined {
  const valid = seenValues(model).filter(({ rejected }) => rejected === undefined)
  const others = valid.slice(1)
  if (others.length === 0) return undefined
  const holders = valid.reduce((sum, value) => sum + value.holders.length, 0)
  const astray = others.flatMap((value) => value.holders)
  return {
    severity: 'warn',
    costMs: 0,
    title: `${astray.length} of ${plural(holders, 'holder')} disagreed.`,
    text: `${plural(others.length, 'other valid value')} seen. ${model.selected?.reason ?? ''}`.trim(),
    rpcIds: distinctIds(astray.map(({ rpcId }) => rpcId)),
  }
}

function refusals(model: TraceModel): TraceVerdict[] {
  return seenValues(model).flatMap(({ rejected, holders }) => {
    if (rejected === undefined) return []
    return {
      severity: 'bad' as const,
      costMs: 0,
      title: `The validator refused what ${plural(holders.length, 'peer')} hold${holders.length === 1 ? 's' : ''}:`,
      text: rejected,
      rpcIds: distinctIds(holders.map(({ rpcId }) => rpcId)),
    }
  })
}

/** A search that found nothing, though peers answered. */
function absence({ started, ended, values, providers, requests }: TraceModel): TraceVerdict | undefined {
  if (ended === undefined || ended.error !== undefined) return undefined
  const answered = requests.filter((request) => isLookupRequest(request) && request.replied !== undefined)
  const wanted = wantedOf(started?.kind)
  const found = wanted === 'value' ? values.length : providers.length
  if (wanted === undefined || found > 0 || answered.length === 0) return undefined
  return {
    severity: 'warn',
    costMs: 0,
    title: `Nobody holds a ${wanted}.`,
    text: `${plural(answered.length, 'peer')} answered, none with one: it was never put there, or it expired.`,
    rpcIds: answered.map(({ rpcId }) => rpcId),
  }
}

function wantedOf(kind: OperationKind | undefined): 'value' | 'provider' | undefined {
  if (kind === 'GET_VALUE') return 'value'
  return kind === 'FIND_PROVIDERS' ? 'provider' : undefined
}

/** Peers that were sent something and did not keep it. */
function stores(model: TraceModel): TraceVerdict | undefined {
  const sent = model.requests.filter((request) => !isLookupRequest(request))
  const failed = sent.filter((request) => !['ok', 'pending', 'cancelled'].includes(requestOutcome(request)))
  if (failed.length === 0) return undefined
  const reasons = new Set(failed.flatMap(({ stored, failed }) => stored?.message ?? failed?.message ?? []))
  return {
    severity: failed.length === sent.length ? 'bad' : 'warn',
    costMs: 0,
    title: `${failed.length} of ${plural(sent.length, 'peer')} did not store it.`,
    text: [...reasons].slice(0, 2).join(' '),
    rpcIds: failed.map(({ rpcId }) => rpcId),
  }
}

function unsupported(model: TraceModel): TraceVerdict | undefined {
  const others = model.requests.filter(({ failed }) => failed?.failure === 'unsupported')
  if (others.length === 0) return undefined
  return {
    severity: 'warn',
    costMs: 0,
    title: `${plural(others.length, 'peer')} did not speak this network’s protocol.`,
    text: others[0]?.failed?.message ?? '',
    rpcIds: others.map(({ rpcId }) => rpcId),
  }
}

/** Peers that others named and nobody could connect to. */
function unreachable(model: TraceModel): TraceVerdict | undefined {
  const gone = model.requests.filter(
    ({ failed }) => failed?.failure === 'dial' || failed?.failure === 'no-address',
  )
  if (gone.length === 0) return undefined
  return {
    severity: 'warn',
    costMs: 0,
    title: `${plural(gone.length, 'peer')} could not be reached.`,
    text: 'Others still name them: they have gone, or their addresses cannot be dialled from here.',
    rpcIds: gone.map(({ rpcId }) => rpcId),
  }
}

function distinctIds(ids: readonly (number | undefined)[]): number[] {
  return [...new Set(ids.filter((id) => id !== undefined))]
}
