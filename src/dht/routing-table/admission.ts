import type { Clock } from '../clock.ts'
import type { Publish, TableReason } from '../events.ts'
import type { Peer } from '../peer.ts'
import type { PeerTable } from './peer-table.ts'

/** Probes under way at once. */
const MAX_PROBES = 8
/** Peers that wait for a probe; whoever comes on top of these is left out and may come again. */
const MAX_QUEUE = 256
/** Peers remembered for having failed their probe. */
const MAX_REFUSED = 4000
/** How long a peer that failed its probe is not probed again; doubled by every further failure. */
const FIRST_REST_MS = 5 * 60_000
const MAX_REST_MS = 2 * 3_600_000

export interface AdmissionInit {
  table: Pick<PeerTable, 'add' | 'entry' | 'isBlocked' | 'wants'>
  clock: Pick<Clock, 'monotonic'>
  publish: Publish
  /** Asks the peer something only a server answers; false, or a rejection, when it does not. */
  probe: (peer: Peer) => Promise<boolean>
}

interface Waiting {
  peer: Peer
  reason: TableReason
}

interface Refused {
  failures: number
  /** Monotonic milliseconds. */
  untilMs: number
}

/**
 * The door of the routing table: a peer gets in after it has answered as a
 * server, so that neither clients nor made-up ids do (protocol.md §8, 19). One
 * that answered a request of a lookup has; all others are probed, few at a
 * time, each once, and not again soon when they fail.
 */
export class Admission {
  readonly #init: AdmissionInit
  readonly #queue = new Map<string, Waiting>()
  /** Probes under way, by peer id; each resolves to whether the peer answered. */
  readonly #probes = new Map<string, Promise<boolean>>()
  readonly #refused = new Map<string, Refused>()
  #isOverflowing = false
  #isStopped = false

  constructor(init: AdmissionInit) {
    this.#init = init
  }

  /** Peers waiting for a probe, and those being probed. */
  get pending(): number {
    return this.#queue.size + this.#probes.size
  }

  /**
   * Takes in a peer: at once when it has just answered (`lookup`), else after
   * its probe. Peers that failed lately are passed over, and so is who comes to a full queue.
   */
  offer(peer: Peer, reason: TableReason): void {
    if (this.#isStopped) return
    // A lookup's answer counts at once, though a probe may be under way: the lookup's caller looks at the table next.
    if (reason === 'lookup') this.#take(peer, reason)
    else if (!this.#probes.has(peer.id) && this.#isWorthAProbe(peer)) this.#enqueue(peer, reason)
  }

  /**
   * Probes a peer now, whatever is remembered of it, and takes it in when it
   * answers. True when it is then in the table.
   */
  async admit(peer: Peer, reason: TableReason = 'probe'): Promise<boolean> {
    if (this.#isStopped || this.#init.table.isBlocked(peer.id)) return false
    this.#queue.delete(peer.id)
    const answers = await (this.#probes.get(peer.id) ?? this.#probe(peer, reason))
    return answers && this.#init.table.entry(peer.id) !== undefined
  }

  /** Drops the queue. What the probes under way find is not taken in. */
  stop(): void {
    this.#isStopped = true
    this.#queue.clear()
  }

  /** Begins anew after `stop`, with nothing remembered. */
  start(): void {
    this.#isStopped = false
    this.#refused.clear()
  }

  #isWorthAProbe(peer: Peer): boolean {
    const { table, clock } = this.#init
    const restUntilMs = this.#refused.get(peer.id)?.untilMs ?? Number.NEGATIVE_INFINITY
    if (this.#queue.has(peer.id) || restUntilMs > clock.monotonic()) return false
    const state = table.entry(peer.id)?.state
    return state === undefined ? table.wants(peer) : state !== 'live'
  }

  #enqueue(peer: Peer, reason: TableReason): void {
    const isFull = this.#queue.size >= MAX_QUEUE
    if (isFull && !this.#isOverflowing) this.#publishOverflow(peer)
    this.#isOverflowing = isFull
    if (isFull) return
    this.#queue.set(peer.id, { peer, reason })
    this.#probeNext()
  }

  /** Published when it begins, not for each of thousands. */
  #publishOverflow({ id }: Peer): void {
    const message = `${MAX_QUEUE} peers wait for their admission probe already; more are left out until some are done.`
    this.#init.publish({ type: 'limit:hit', limit: 'admission-queue', peer: id, message })
  }

  #probeNext(): void {
    for (const [id, { peer, reason }] of this.#queue) {
      if (this.#probes.size >= MAX_PROBES) return
      this.#queue.delete(id)
      void this.#probe(peer, reason)
    }
  }

  #probe(peer: Peer, reason: TableReason): Promise<boolean> {
    const probe = this.#answers(peer).then((answers) => {
      this.#probes.delete(peer.id)
      if (answers) this.#take(peer, reason)
      else if (!this.#isStopped) this.#remember(peer.id)
      this.#probeNext()
      return answers
    })
    this.#probes.set(peer.id, probe)
    return probe
  }

  /** Everything a probe can end in, as a yes or no. */
  async #answers(peer: Peer): Promise<boolean> {
    try {
      return await this.#init.probe(peer)
    } catch {
      return false
    }
  }

  #take(peer: Peer, reason: TableReason): void {
    if (this.#isStopped) return
    this.#refused.delete(peer.id)
    this.#queue.delete(peer.id)
    this.#init.table.add(peer, reason, 'live')
  }

  #remember(id: string): void {
    const failures = (this.#refused.get(id)?.failures ?? 0) + 1
    const restMs = Math.min(MAX_REST_MS, FIRST_REST_MS * 2 ** (failures - 1))
    this.#refused.delete(id)
    this.#refused.set(id, { failures, untilMs: this.#init.clock.monotonic() + restMs })
    const [oldest] = this.#refused.keys()
    if (this.#refused.size > MAX_REFUSED && oldest !== undefined) this.#refused.delete(oldest)
  }
}
