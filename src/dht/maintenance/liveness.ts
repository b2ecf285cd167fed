import { findNode } from '../operations/closest-peers.ts'
import type { Peer } from '../peer.ts'
import type { MaintenanceContext, MaintenanceTask, TaskRun } from './task.ts'

/** How often the table is looked over. */
const INTERVAL_MS = 60_000
/** Checks under way at a time. */
const MAX_CONCURRENT = 8
/** Of one run, so that a table that has slept is not asked all at once. */
const MAX_CHECKS = 64

export interface LivenessOptions {
  /** An entry unheard for this long is asked. Default 10 minutes. */
  unheardMs?: number
}

/**
 * Asks table entries that were not heard of for long, never answered, or have
 * a strike, whether they are still there. The request itself tells the table: an answer
 * clears the strikes, a second failure in a row removes the entry. FIND_NODE
 * for ourselves is asked, since rust-libp2p does not answer PING.
 */
export class Liveness implements MaintenanceTask {
  readonly name = 'liveness'
  readonly event = 'liveness'
  readonly firstInMs = INTERVAL_MS
  readonly #context: MaintenanceContext
  readonly #unheardMs: number

  constructor(context: MaintenanceContext, { unheardMs = 10 * 60_000 }: LivenessOptions = {}) {
    this.#context = context
    this.#unheardMs = unheardMs
  }

  async run(_now: number, signal: AbortSignal): Promise<TaskRun> {
    const { table } = this.#context
    table.markStale(this.#unheardMs)
    const due = table.doubtful(MAX_CHECKS)
    if (due.length === 0) return { nextInMs: INTERVAL_MS }
    const alive = await this.#checkAll(due, signal)
    return { nextInMs: INTERVAL_MS, result: `${alive} of ${due.length} peers answered` }
  }

  /** Resolves with how many answered. */
  async #checkAll(peers: readonly Peer[], signal: AbortSignal): Promise<number> {
    const waiting = [...peers]
    let alive = 0
    const work = async () => {
      for (let peer = waiting.shift(); peer !== undefined && !signal.aborted; peer = waiting.shift()) {
        if (await this.#check(peer, signal)) alive++
      }
    }
    await Promise.all(Array.from({ length: MAX_CONCURRENT }, work))
    return alive
  }

  async #check(peer: Peer, signal: AbortSignal): Promise<boolean> {
    const { requests, network } = this.#context
    try {
      await requests.send(peer, findNode(network.self.bytes), { purpose: 'liveness', signal })
      return true
    } catch {
      return false
    }
  }
}
