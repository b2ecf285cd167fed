import type { DhtEvent } from '../../../dht/events.ts'
import { peerIdBytesOf } from '../../../dht/key-input.ts'
import { type Peer, peerFromBytes } from '../../../dht/peer.ts'
import type { FeedEvent } from '../../../shared/feed.ts'
import type { HealthRow, LogRow, NodeRow, PeerRow, StoreStats } from '../../../shared/rows.ts'
import type { RunningNode } from '../../backend/running-node.ts'
import type { RecordedBatch } from '../../traces/recorder.ts'
import { healthRow } from './health-row.ts'
import { type LogBook, logLine } from './log-book.ts'
import { nodeRow } from './node-row.ts'
import { PeerFactsBook } from './peer-facts.ts'
import { PeerRows } from './peer-rows.ts'
import type { ProcessMeter, ProcessSample } from './process-meter.ts'
import { RateMeter } from './rate-meter.ts'
import { SizeEstimator } from './size-estimator.ts'
import { storeStats } from './store-rows.ts'
import { StoreWatch } from './store-watch.ts'

export interface NodeViewInit {
  running: RunningNode
  log: LogBook
  meter: ProcessMeter
  /** Why the node is in its mode, as the event told that came before the view. */
  modeEvidence: string
  /** Tells all feeds; `hasClients` false: nobody listens. */
  push(event: FeedEvent): void
  hasClients(): boolean
  noteSeen(events: number, dropped: number): void
}

const SAMPLE_INTERVAL_MS = 2_000
/** Peers whose rows changed gather this long. */
const PEERS_INTERVAL_MS = 200

/**
 * Everything there is to see of the node that runs: rows made from its events,
 * as they come, and a measurement every two seconds. It tells the feeds what
 * changed, and gives a snapshot all of it at once.
 */
export class NodeView {
  readonly facts: PeerFactsBook
  readonly peers: PeerRows
  readonly #init: NodeViewInit
  readonly #rates: RateMeter
  readonly #sizes: SizeEstimator
  readonly #stores: StoreWatch
  readonly #changedPeers = new Set<string>()
  readonly #timers: NodeJS.Timeout[] = []
  readonly #unsubscribe: () => void
  #sample: ProcessSample
  #modeEvidence: string
  #stats: StoreStats | undefined

  constructor(init: NodeViewInit) {
    const { running, meter, modeEvidence } = init
    this.#init = init
    this.facts = new PeerFactsBook(running.node.libp2p, (id) => this.#notePeer(id))
    this.peers = new PeerRows(running, this.facts)
    this.#rates = new RateMeter(Date.now())
    this.#sizes = new SizeEstimator((id) => peerOf(running, id)?.key)
    this.#stores = new StoreWatch(running, init.push)
    this.#sample = meter.sample()
    this.#modeEvidence = modeEvidence
    this.#unsubscribe = running.recorder.subscribe({
      recorded: (batch) => this.#take(batch),
      historyWritten: (rows) => init.push({ type: 'history:written', rows }),
    })
    this.#timers.push(setInterval(() => this.#measure(), SAMPLE_INTERVAL_MS))
    this.#timers.push(setInterval(() => this.#pushPeers(), PEERS_INTERVAL_MS))
    void this.#measureStores()
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#unsubscribe()
    this.#stores.stop()
    this.facts.stop()
  }

  /** The node's part of a snapshot. */
  snapshot(): {
    node: NodeRow
    peers: PeerRow[]
    health: HealthRow
    rates: ReturnType<RateMeter['points']>
    store?: StoreStats
  } {
    return {
      node: this.#nodeRow(),
      peers: this.peers.all(),
      health: this.#healthRow(),
      rates: this.#rates.points(),
      ...(this.#stats !== undefined && { store: this.#stats }),
    }
  }

  #take(batch: RecordedBatch): void {
    const { push, noteSeen } = this.#init
    const lines: LogRow[] = []
    for (const event of batch.events) this.#takeEvent(event, lines)
    noteSeen(batch.events.length, batch.dropped)
    if (batch.operations.length > 0) push({ type: 'operations:changed', rows: batch.operations })
    for (const [id, news] of batch.grown) push({ type: 'trace:grew', id, ...news })
    if (batch.rpcs.length > 0) push({ type: 'rpcs:seen', rows: batch.rpcs })
    if (lines.length > 0) push({ type: 'log:written', rows: lines })
  }

  #takeEvent(event: DhtEvent, lines: LogRow[]): void {
    this.#rates.take(event)
    this.#sizes.take(event)
    this.#stores.take(event)
    if (event.type.startsWith('table:') || event.type === 'rpc:replied' || event.type === 'rpc:failed') {
      if ('peer' in event && event.peer !== undefined) this.#notePeer(event.peer)
    }
    if (event.type === 'mode:changed') this.#modeEvidence = event.evidence
    const line = logLine(event, (id) => this.#init.running.recorder.traceId(id))
    if (line !== undefined) lines.push(this.#init.log.write(event.at, line))
  }

  #notePeer(id: string): void {
    this.#changedPeers.add(id)
  }

  #pushPeers(): void {
    if (this.#changedPeers.size === 0) return
    const changed = new Set(this.#changedPeers)
    this.#changedPeers.clear()
    if (this.#init.hasClients()) this.#init.push({ type: 'peers:changed', ...this.peers.some(changed) })
  }

  #measure(): void {
    const { meter, push } = this.#init
    const now = Date.now()
    this.#sample = meter.sample()
    push({ type: 'rate:measured', point: this.#rates.measure(now, this.#sample.eventLoopDelay.p99Ms) })
    if (!this.#init.hasClients()) return
    push({ type: 'node:changed', node: this.#nodeRow() })
    push({ type: 'health:changed', health: this.#healthRow() })
    if (this.#stores.hasChanged()) void this.#measureStores()
  }

  async #measureStores(): Promise<void> {
    try {
      this.#stats = await storeStats(this.#init.running)
      this.#init.push({ type: 'store:changed', stats: this.#stats })
    } catch {
      // The database says by itself when it fails; the numbers stay as they were.
    }
  }

  #healthRow(): HealthRow {
    return healthRow(this.#init.running, this.#sizes, Date.now())
  }

  #nodeRow(): NodeRow {
    return nodeRow(this.#init.running, this.facts, this.#modeEvidence, this.#sample)
  }
}

/** The peer of an id, from the table where it is in it: there it has its place already. */
function peerOf({ node }: RunningNode, id: string): Peer | undefined {
  const known = node.dht.routingTable.entry(id)?.peer
  if (known !== undefined) return known
  try {
    return peerFromBytes(peerIdBytesOf(id))
  } catch {
    return undefined
  }
}
