import type { DhtEvent } from '../../dht/events.ts'
import type { OperationRow, Outcome } from '../../shared/rows.ts'
import type { OperationKind } from '../../shared/trace-event.ts'
import { keyUseOf, keyViewOf } from '../keys/key-view.ts'

type Started = Extract<DhtEvent, { type: 'operation:started' }>
type Ended = Extract<DhtEvent, { type: 'operation:ended' }>

/** Operations kept in memory after they ended: what a snapshot shows. */
const MAX_RECENT = 200

/**
 * The rows of operations, folded from their events: those that run, and the
 * last that ended.
 */
export class OperationLog {
  readonly #traceId: (operationId: number) => string
  readonly #networkId: string
  readonly #running = new Map<number, OperationRow>()
  #recent: OperationRow[] = []

  /** `traceId` makes a stable id of the node's count. */
  constructor(networkId: string, traceId: (operationId: number) => string) {
    this.#networkId = networkId
    this.#traceId = traceId
  }

  /** Takes in rows of runs before this one, newest first. */
  prime(rows: readonly OperationRow[]): void {
    this.#recent.push(...rows.slice(0, MAX_RECENT - this.#recent.length))
  }

  /** The row after the event; undefined when the event changes none. */
  apply(event: DhtEvent): OperationRow | undefined {
    if (event.type === 'operation:started') return this.#keep(event.operationId, this.#begin(event))
    if (!('operationId' in event) || event.operationId === undefined) return undefined
    const row = this.#running.get(event.operationId)
    if (row === undefined) return undefined
    if (event.type === 'operation:ended') return this.#end(event, row)
    const counts = countsAfter(event, row.counts)
    return counts === row.counts ? undefined : this.#keep(event.operationId, { ...row, counts })
  }

  /** Running ones and the last that ended, newest first. */
  rows(): OperationRow[] {
    const running = [...this.#running.values()].reverse()
    return [...running, ...this.#recent].sort((a, b) => b.startedAt - a.startedAt).slice(0, MAX_RECENT)
  }

  row(id: string): OperationRow | undefined {
    for (const row of this.#running.values()) if (row.id === id) return row
    return this.#recent.find((row) => row.id === id)
  }

  /** Ends what still runs, as cancelled: the node stops, and no event will. */
  endAll(now: number): OperationRow[] {
    const ended = [...this.#running.values()].map((row) => interruptedRow(row, now))
    this.#running.clear()
    return ended
  }

  forget(ids: readonly string[]): void {
    const gone = new Set(ids)
    this.#recent = this.#recent.filter(({ id }) => !gone.has(id))
  }

  #begin(event: Started): OperationRow {
    const { operationId, kind, key, parentId } = event
    return {
      id: this.#traceId(operationId),
      networkId: this.#networkId,
      kind,
      key: keyViewOf(key, keyUseOf(kind)),
      startedAt: event.at,
      outcome: 'pending',
      result: 'running',
      counts: { heard: 0, asked: 0, replied: 0, failed: 0, slow: 0, stored: 0, hops: 0 },
      ...(parentId !== undefined && { parentId: this.#traceId(parentId) }),
    }
  }

  #end(event: Ended, row: OperationRow): OperationRow {
    const { reason, durationMs, counts, result, error } = event
    const outcome = outcomeOf(event, row.kind)
    const ended = { ...row, reason, durationMs, counts, result, outcome, ...(error && { error }) }
    this.#running.delete(event.operationId)
    this.#recent.unshift(ended)
    if (this.#recent.length > MAX_RECENT) this.#recent.pop()
    return ended
  }

  #keep(operationId: number, row: OperationRow): OperationRow {
    this.#running.set(operationId, row)
    return row
  }
}

/** The row of an operation that the node's stop cut off. */
function interruptedRow(row: OperationRow, now: number): OperationRow {
  return {
    ...row,
    durationMs: now - row.startedAt,
    reason: 'cancelled',
    outcome: 'cancelled',
    result: 'the node was stopped before it ended',
  }
}

function countsAfter(event: DhtEvent, counts: OperationRow['counts']): OperationRow['counts'] {
  switch (event.type) {
    case 'rpc:sent':
      return { ...counts, asked: counts.asked + 1, hops: Math.max(counts.hops, event.hop ?? 0) }
    case 'rpc:replied':
      return {
        ...counts,
        replied: counts.replied + 1,
        heard: counts.heard + event.heard.filter(({ isNew }) => isNew).length,
      }
    case 'rpc:failed':
      return { ...counts, failed: counts.failed + 1 }
    case 'lookup:slow':
      return { ...counts, slow: counts.slow + 1 }
    case 'store:answered':
      return event.ok ? { ...counts, stored: counts.stored + 1 } : counts
    default:
      return counts
  }
}

function outcomeOf({ reason, counts }: Ended, kind: OperationKind): Outcome {
  if (reason === 'cancelled') return 'cancelled'
  if (reason === 'timeout' || reason === 'limit') return 'timeout'
  if (reason === 'refused' || reason === 'failed') return 'rejected'
  const stores = kind === 'PUT_VALUE' || kind === 'PROVIDE'
  return stores && counts.stored === 0 ? 'rejected' : 'ok'
}
