import { closestPeers } from '../operations/closest-peers.ts'
import type { Peer } from '../peer.ts'
import { randomKeyIn } from './bucket-keys.ts'
import type { MaintenanceContext, MaintenanceTask, TaskRun } from './task.ts'

/** Without anybody to ask it is tried again after this, doubled each time. */
const FIRST_RETRY_MS = 1_000
const MAX_RETRY_MS = 5 * 60_000
/** After a refresh that brought many new peers the next one follows soon: these lead to others. */
const SOON_MS = 30_000
const MANY = 1.1
/** Hashes spent on finding a key of one bucket: enough for buckets of 1/2¹² of the keyspace. */
const MAX_TRIES = 1 << 14

export interface RefreshOptions {
  /** How often the table is refreshed; 0 never again once somebody is in it. Default 10 minutes. */
  intervalMs?: number
  /** Peers to begin with while the table is empty. Default: none. */
  findBootstrapPeers?: (signal: AbortSignal) => Promise<readonly Peer[]>
}

/**
 * Keeps the routing table filled. While it is empty: asks the bootstrap peers
 * for ourselves, again and again with growing pauses. Then: looks up
 * ourselves, which fills the near buckets, and a random key of every other
 * bucket, so that a bucket learns of peers in its own range.
 */
export class Refresh implements MaintenanceTask {
  readonly name = 'refresh'
  readonly event = 'refresh'
  readonly firstInMs = 0
  readonly #context: MaintenanceContext
  readonly #intervalMs: number
  readonly #findBootstrapPeers: NonNullable<RefreshOptions['findBootstrapPeers']>
  #retryMs = FIRST_RETRY_MS

  constructor(context: MaintenanceContext, options: RefreshOptions = {}) {
    this.#context = context
    this.#intervalMs = options.intervalMs ?? 10 * 60_000
    this.#findBootstrapPeers = options.findBootstrapPeers ?? (async () => [])
  }

  async run(_now: number, signal: AbortSignal): Promise<TaskRun> {
    const { table } = this.#context
    const before = table.size()
    const isBootstrap = before === 0
    const seeds = isBootstrap ? await this.#findBootstrapPeers(signal) : []
    await this.#lookUp(this.#context.network.self.bytes, signal, seeds)
    if (table.size() === 0) return this.#nobodyThere(seeds.length)
    this.#retryMs = FIRST_RETRY_MS
    const refreshed = await this.#refreshBuckets(signal)
    return {
      nextInMs: this.#nextInMs(table.size() > MANY * before),
      result: `${isBootstrap ? 'bootstrapped' : `refreshed ${refreshed} buckets`}: ${before} peers before, ${table.size()} now`,
    }
  }

  #nextInMs(hasGrown: boolean): number {
    if (this.#intervalMs === 0) return Number.POSITIVE_INFINITY
    return hasGrown ? Math.min(SOON_MS, this.#intervalMs) : this.#intervalMs
  }

  #nobodyThere(seeds: number): TaskRun {
    const nextInMs = this.#retryMs
    this.#retryMs = Math.min(MAX_RETRY_MS, 2 * this.#retryMs)
    return { nextInMs, ...(seeds > 0 && { result: `none of ${seeds} bootstrap peers answered` }) }
  }

  /** The bucket around ourselves was filled by looking up ourselves. */
  async #refreshBuckets(signal: AbortSignal): Promise<number> {
    const { table, network, random } = this.#context
    let refreshed = 0
    for (const bucket of [...table.buckets]) {
      if (bucket.keyInRange(network.self.key)) continue
      const key = randomKeyIn(random, (place) => bucket.keyInRange(place), MAX_TRIES)
      if (key === undefined) continue
      await this.#lookUp(key, signal)
      refreshed++
    }
    return refreshed
  }

  async #lookUp(key: Uint8Array, signal: AbortSignal, seeds: readonly Peer[] = []): Promise<void> {
    await closestPeers(this.#context, key, { kind: 'REFRESH', signal, ...(seeds.length > 0 && { seeds }) })
  }
}
