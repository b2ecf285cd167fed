import type { Clock } from '../../dht/clock.ts'
import type { DhtEvent } from '../../dht/events.ts'
import type { Key } from '../../dht/key.ts'
import type { OperationRow, RpcRow, TableHistoryRow } from '../../shared/rows.ts'
import type { TraceEvent } from '../../shared/trace-event.ts'
import type { StoredRpc, TableHistoryStorage, TraceStorage } from '../db/storages.ts'
import { ByteBudget } from './byte-budget.ts'
import { isRecorded, textOfEvent, withMessages } from './event-text.ts'
import { OperationLog } from './operation-log.ts'
import { RpcLog, rowOf } from './rpc-log.ts'
import { tableChange } from './table-changes.ts'
import { TraceWriter } from './trace-writer.ts'

/** What the recorder made of some events, for those who watch live. */
export interface RecordedBatch {
  /** As they came from the node. */
  events: readonly DhtEvent[]
  /** Each row once, as it is now. */
  operations: OperationRow[]
  /** In the order they ended. */
  rpcs: RpcRow[]
  /** New events of each trace and the place of the first. */
  grown: Map<string, { fromIndex: number; events: TraceEvent[] }>
  /** Events that were left out since the last batch because there were too many. */
  dropped: number
}

/** Who watches live. */
export interface RecorderListener {
  recorded(batch: RecordedBatch): void
  /** Changes of the routing table, numbered as they are stored. */
  historyWritten(rows: TableHistoryRow[]): void
}

/** How much of the past is kept. */
export interface Retention {
  maxOperations: number
  maxAgeMs: number
  maxSizeBytes: number
}

export const DEFAULT_RETENTION: Retention = {
  maxOperations: 10_000,
  maxAgeMs: 30 * 24 * 3_600_000,
  maxSizeBytes: 512 * 1024 * 1024,
}

export interface RecorderInit {
  networkId: string
  /** Names this start of the node, so that ids differ from those of other runs: a few letters and digits. */
  run: string
  localKey: Key
  clock: Clock
  traces: TraceStorage
  history: TableHistoryStorage
  /** The keyspace place of a peer, for changes that name it alone. */
  keyOf(peer: string): Uint8Array | undefined
  retention?: Retention
  budget?: ByteBudget
  onProblem(text: string): void
}

/** How long events gather before they are worked on. */
const DRAIN_INTERVAL_MS = 50
const FLUSH_INTERVAL_MS = 500
const PRUNE_INTERVAL_MS = 10 * 60_000
/** Events that wait to be worked on, at most; then RPCs are dropped, and counted. */
const MAX_PENDING = 20_000
const PRIMED_ROWS = 200
const RECENT_RPCS = 500
const MAX_LENGTHS = 2_000

/**
 * Keeps what the node does: rows of operations and requests, the events of
 * each trace, and the changes of the routing table. Taking an event in costs a
 * push; everything else happens by timer, so that no reply waits for it.
 */
export class Recorder {
  readonly #init: RecorderInit
  readonly #operations: OperationLog
  readonly #rpcs: RpcLog
  readonly #writer: TraceWriter
  readonly #budget: ByteBudget
  readonly #listeners = new Set<RecorderListener>()
  /** How many events each of the latest traces has: some still come after an operation's end. */
  readonly #lengths = new Map<number, number>()
  #pending: DhtEvent[] = []
  #recentRpcs: RpcRow[] = []
  #dropped = 0
  #lastSeq = 0
  readonly #startedAt: number
  #cancelDrain: (() => void) | undefined
  #cancelFlush: (() => void) | undefined
  #cancelPrune: (() => void) | undefined

  constructor(init: RecorderInit) {
    const traceId = (operationId: number) => `${init.run}-${operationId}`
    const rpcId = (id: number) => `${init.run}-r${id}`
    this.#init = init
    this.#startedAt = init.clock.now()
    this.#operations = new OperationLog(init.networkId, traceId)
    this.#rpcs = new RpcLog({ localKey: init.localKey, traceId, rpcId })
    this.#writer = new TraceWriter(init)
    this.#budget = init.budget ?? new ByteBudget()
  }

  /** Reads the newest rows of runs before, and prunes from time to time. */
  async start(): Promise<void> {
    const { traces } = this.#init
    const [rows, rpcs] = await Promise.all([
      traces.operations({ limit: PRIMED_ROWS }),
      traces.rpcs({ limit: PRIMED_ROWS }),
    ])
    this.#operations.prime(rows)
    this.#recentRpcs.push(...rpcs)
    this.#schedulePrune(0)
  }

  /** The id an operation has in rows and traces. */
  traceId(operationId: number): string {
    return `${this.#init.run}-${operationId}`
  }

  rpcId(rpcId: number): string {
    return `${this.#init.run}-r${rpcId}`
  }

  /** Takes in an event of the node. */
  readonly record = (event: DhtEvent): void => {
    if (this.#pending.length >= MAX_PENDING && event.type.startsWith('rpc:')) {
      this.#dropped++
      return
    }
    this.#pending.push(event)
    this.#cancelDrain ??= this.#init.clock.schedule(DRAIN_INTERVAL_MS, () => this.drain())
  }

  /** Returns what ends the subscription. */
  subscribe(listener: RecorderListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Works on what waits, now: afterwards the rows are as the node is. */
  drain(): void {
    this.#cancelDrain?.()
    this.#cancelDrain = undefined
    if (this.#pending.length === 0 && this.#dropped === 0) return
    const events = this.#pending
    this.#pending = []
    const batch = this.#work(events)
    this.#cancelFlush ??= this.#init.clock.schedule(FLUSH_INTERVAL_MS, () => void this.flush())
    for (const listener of this.#listeners) listener.recorded(batch)
  }

  /** Writes everything taken in before. */
  async flush(): Promise<void> {
    this.drain()
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    if (await this.#writer.flush()) await this.#tellHistory()
  }

  /** Operations that run and the last that ended, newest first. */
  operationRows(): OperationRow[] {
    this.drain()
    return this.#operations.rows()
  }

  /** The last requests, newest first. */
  rpcRows(): RpcRow[] {
    this.drain()
    return [...this.#recentRpcs]
  }

  async operation(id: string): Promise<OperationRow | undefined> {
    this.drain()
    return this.#operations.row(id) ?? (await this.#init.traces.operation(id))
  }

  /** A trace's events with the messages of its requests, as far as they were kept. */
  async events(id: string): Promise<TraceEvent[]> {
    await this.flush()
    const events = await this.#init.traces.events(id)
    const run = id.slice(0, id.lastIndexOf('-'))
    return Promise.all(events.map((event) => this.#withMessages(event, run)))
  }

  async removeOperations(ids: string[]): Promise<void> {
    await this.flush()
    this.#operations.forget(ids)
    await this.#init.traces.deleteOperations(ids)
  }

  /** Ends what still runs and writes everything. */
  async stop(): Promise<void> {
    this.drain()
    this.#cancelPrune?.()
    for (const row of this.#operations.endAll(this.#init.clock.now())) this.#writer.operation(row)
    await this.flush()
  }

  #work(events: readonly DhtEvent[]): RecordedBatch {
    const operations = new Map<string, OperationRow>()
    const batch = { events, rpcs: [] as RpcRow[], grown: new Map(), dropped: this.#dropped }
    this.#dropped = 0
    for (const event of events) {
      const row = this.#operations.apply(event)
      if (row !== undefined) operations.set(row.id, row)
      if (isRecorded(event) && 'operationId' in event && event.operationId !== undefined) {
        this.#append(event.operationId, textOfEvent(event), batch.grown)
      }
      this.#workOnRpc(event, batch.rpcs)
      const change = tableChange(event, this.#init.keyOf)
      if (change !== undefined) this.#writer.change(change)
    }
    for (const row of operations.values()) this.#writer.operation(row)
    this.#recentRpcs = [...batch.rpcs.toReversed(), ...this.#recentRpcs].slice(0, RECENT_RPCS)
    return { ...batch, operations: [...operations.values()] }
  }

  #append(operationId: number, event: TraceEvent, grown: RecordedBatch['grown']): void {
    const index = this.#lengths.get(operationId) ?? 0
    const traceId = this.traceId(operationId)
    this.#lengths.set(operationId, index + 1)
    if (this.#lengths.size > MAX_LENGTHS)
      this.#lengths.delete(this.#lengths.keys().next().value ?? operationId)
    this.#writer.event({ traceId, index, event })
    const news = grown.get(traceId)
    if (news === undefined) grown.set(traceId, { fromIndex: index, events: [event] })
    else news.events.push(event)
  }

  #workOnRpc(event: DhtEvent, rows: RpcRow[]): void {
    const rpc = this.#rpcs.apply(event)
    if (rpc === undefined) return
    const row = rowOf(rpc)
    rows.push(row)
    const isKept = this.#budget.takes([rpc.request, rpc.reply], event.monotonicMs)
    this.#writer.rpc(isKept ? rpc : row)
  }

  /** The database numbers the changes, so they are read back from it. */
  async #tellHistory(): Promise<void> {
    if (this.#listeners.size === 0) return
    const query = { from: this.#startedAt, afterSeq: this.#lastSeq, limit: 5_000 }
    // What cannot be read now is read with the next changes; the database says by itself when it fails.
    const rows = await this.#init.history.list(query).catch(() => [])
    if (rows.length === 0) return
    this.#lastSeq = rows.at(-1)?.seq ?? this.#lastSeq
    for (const listener of this.#listeners) listener.historyWritten(rows)
  }

  async #withMessages(event: TraceEvent, run: string): Promise<TraceEvent> {
    if (event.type !== 'rpc:replied' && event.type !== 'rpc:failed') return event
    const rpc: StoredRpc | undefined = await this.#init.traces.rpc(`${run}-r${event.rpcId}`)
    return rpc === undefined ? event : withMessages(event, rpc)
  }

  #schedulePrune(delayMs: number): void {
    const { clock, traces, retention = DEFAULT_RETENTION, onProblem } = this.#init
    this.#cancelPrune = clock.schedule(delayMs, () => {
      this.#schedulePrune(PRUNE_INTERVAL_MS)
      traces.prune({ ...retention, now: clock.now() }).catch((error: unknown) => {
        onProblem(`Old traces could not be deleted: ${error instanceof Error ? error.message : error}`)
      })
    })
  }
}
